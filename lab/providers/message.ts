import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { Change, Failure, Read } from "./provider";
import { encode, type Values } from "./wire";

const { Kind } = rpc.PropertyDiff;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
} as const;

/** What a stand-in can do: previews, and secrets as secrets. */
export function configured(): rpc.ConfigureResponse {
  return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true);
}

/** Inputs with their defaults, or what is wrong with them. */
export function checked({ inputs, failures }: { inputs: Values; failures: Failure[] }): rpc.CheckResponse {
  const failed = failures.map(({ property, reason }) =>
    new rpc.CheckFailure().setProperty(property).setReason(reason),
  );
  return new rpc.CheckResponse().setInputs(encode(inputs)).setFailuresList(failed);
}

/** What changed, and what of it needs a new resource. */
export function diff(changes: Record<string, Change>): rpc.DiffResponse {
  const response = new rpc.DiffResponse();
  const names = Object.keys(changes);
  response.setChanges(
    names.length === 0 ? rpc.DiffResponse.DiffChanges.DIFF_NONE : rpc.DiffResponse.DiffChanges.DIFF_SOME,
  );
  response.setDiffsList(names);
  response.setReplacesList(names.filter((name) => changes[name]?.replace));
  response.setHasdetaileddiff(true);
  for (const [name, { kind, replace }] of Object.entries(changes)) {
    const detail = new rpc.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]);
    response.getDetaileddiffMap().set(name, detail);
  }
  return response;
}

/** A resource as it is now; one that is gone has no id. */
export function read(found: Read | undefined): rpc.ReadResponse {
  if (found === undefined) return new rpc.ReadResponse();
  const { id, state, inputs } = found;
  return new rpc.ReadResponse().setId(id).setProperties(encode(state)).setInputs(encode(inputs));
}
