import type { Provider } from "../provider";
import { typeOf } from "../urn";
import { localInputs, remoteInputs } from "./inputs";
import { runLocal } from "./local";
import { runRemote } from "./remote";
import { CommandResource } from "./resource";

const resources = {
  "command:local:Command": new CommandResource(localInputs, runLocal),
  "command:remote:Command": new CommandResource(remoteInputs, runRemote),
};

/**
 * The lab's stand-in for Pulumi's `command` provider plugin, for where the vendor's plugin cannot be
 * downloaded. Two resources, `local.Command` and `remote.Command`; everything else is refused.
 */
export const commandStandIn: Provider = {
  name: "command",
  version: "1.2.1",
  check: (urn, news) => resource(urn).check(news),
  diff: (urn, olds, news) => resource(urn).diff(olds, news),
  create: async (inputs, context) => resource(context.urn).create(inputs, context),
  update: async (_id, olds, news, context) => resource(context.urn).update(olds, news, context),
  delete: async (_id, state, context) => resource(context.urn).delete(state, context),
  invoke: async (token) => refuse(token),
};

function resource(urn: string) {
  const type = typeOf(urn);
  return resources[type as keyof typeof resources] ?? refuse(type);
}

function refuse(what: string): never {
  const known = Object.keys(resources).join(" and ");
  throw new Error(
    `the lab's stand-in for the command provider does not know ${what}; it knows only ${known}`,
  );
}
