import { authorize } from "../iam/authorize";
import type { Caller } from "../iam/caller";
import type { Action, Context, ResourceRef, Response } from "./action";
import { actions } from "./actions";
import { Ec2Error } from "./error";
import { type Node, parseFields } from "./parameters";
import type { Region } from "./state";

/** One request, after the protocol is taken off. */
export interface Ec2Request {
  action: string;
  parameters: Node;
  now: number;
}

/** What came of a request: an error leaves the Region as it was. */
export type Outcome =
  | { state: Region; response: Response; error?: undefined }
  | { state: Region; response?: undefined; error: Ec2Error };

/** Whether an action only reads, so that a stale Region may answer it. */
export function isRead(action: string): boolean {
  return actions.get(action)?.mutates === false;
}

/** Decides a request: what it says, whether the caller may, what it changes. Changes nothing that it is given. */
export function perform(state: Region, request: Ec2Request, caller: Caller): Outcome {
  try {
    const action = actions.get(request.action);
    if (!action) {
      throw new Ec2Error("InvalidAction", `The action ${request.action} is not valid for this web service.`);
    }
    const values = parseFields(action.parameters, request.parameters);
    authorize(state, caller, request.action, resourcesOf(state, action, values));
    if (values.DryRun) {
      throw new Ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    const context = { now: request.now, caller };
    if (!action.mutates) return { state, response: action.run(state, values, context) };
    return mutate(state, action, request, context, values);
  } catch (error) {
    if (error instanceof Ec2Error) return { state, error };
    throw error;
  }
}

/** A client token makes a repetition answer what the first one did (EC2 API Reference, "Ensuring idempotency"). */
function mutate(
  before: Region,
  action: Action,
  { action: name, parameters }: Ec2Request,
  context: Context,
  values: Record<string, unknown>,
): Outcome {
  const token = typeof values.ClientToken === "string" ? `${name} ${values.ClientToken}` : undefined;
  const request = JSON.stringify(parameters);
  const earlier = token !== undefined ? before.tokens[token] : undefined;
  if (earlier && earlier.request !== request) {
    throw new Ec2Error(
      "IdempotentParameterMismatch",
      "The client token was used before, with other parameters.",
    );
  }
  if (earlier) return { state: before, response: earlier.response as Response };
  const state = structuredClone(before);
  const response = action.run(state, values, context);
  if (token !== undefined) state.tokens[token] = { request, response: JSON.parse(JSON.stringify(response)) };
  return { state, response };
}

/** Parameters that name a resource, and the type that it has in IAM; most actions are authorized on these. */
const NAMED: Record<string, string> = {
  AllocationId: "elastic-ip",
  GroupId: "security-group",
  InstanceId: "instance",
  InternetGatewayId: "internet-gateway",
  NatGatewayId: "natgateway",
  NetworkInterfaceId: "network-interface",
  RouteTableId: "route-table",
  SecurityGroupId: "security-group",
  SubnetId: "subnet",
  VpcId: "vpc",
};

function resourcesOf(
  state: Region,
  action: Action,
  values: Record<string, unknown>,
): ResourceRef[] | undefined {
  if (!action.mutates) return undefined;
  if (action.resources) return action.resources(state, values as never);
  return Object.entries(NAMED).flatMap(([name, type]) =>
    [values[name] ?? []].flat().map((id) => ({ type, id: String(id) })),
  );
}
