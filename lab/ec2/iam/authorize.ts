import type { ResourceRef } from "../model/action";
import { Ec2Error } from "../model/error";
import { arn } from "../model/show";
import { profileArn } from "../model/show-instance";
import type { Region } from "../model/state";
import { taggable } from "../model/tags";
import type { Caller } from "./caller";
import { evaluate, type Question } from "./evaluate";
import { type Facts, facts } from "./keys";

/**
 * Refuses what the caller's policies do not allow for every resource of the request; an action without
 * resources is asked about `*` alone.
 */
export function authorize(
  region: Region,
  caller: Caller,
  action: string,
  refs: readonly ResourceRef[] | undefined,
): void {
  const about = refs?.length ? refs : [undefined];
  for (const ref of about) {
    const question = questionOf(region, caller, action, ref);
    const decision = evaluate(caller.policies, question);
    if (decision !== "allowed") throw unauthorized(caller, question, decision === "denied");
  }
}

function questionOf(region: Region, caller: Caller, action: string, ref: ResourceRef | undefined): Question {
  return {
    action: action.includes(":") ? action : `ec2:${action}`,
    resource: ref ? arn(region, ref.type, ref.id) : "*",
    facts: facts({ ...circumstances(region, caller), ...(ref && factsOf(region, ref)) }),
  };
}

function circumstances(region: Region, caller: Caller): Facts {
  return {
    "aws:PrincipalAccount": caller.account,
    "aws:PrincipalArn": caller.arn.replace(
      /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/,
      "arn:aws:iam::$1:role/$2",
    ),
    "aws:RequestedRegion": region.name,
    "aws:userid": caller.userId,
    "ec2:Region": region.name,
    "ec2:SourceInstanceARN": caller.sourceInstanceArn,
  };
}

/** What the reference lists for each resource type (Service Authorization Reference, "Resource types defined by Amazon EC2"). */
function factsOf(region: Region, { type, id }: ResourceRef): Facts {
  const tags =
    taggable(region).find((one) => one.type === type && one.resource.id === id)?.resource.tags ?? {};
  const named = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`ec2:ResourceTag/${key}`, value],
  ]);
  return { ...Object.fromEntries(named), ...ownFacts(region, type, id) };
}

function ownFacts(region: Region, type: string, id: string): Facts {
  if (type === "network-interface")
    return { "ec2:NetworkInterfaceID": id, ...placeFacts(region, region.interfaces[id]?.subnetId) };
  if (type === "elastic-ip")
    return { "ec2:AllocationId": id, "ec2:PublicIpAddress": region.addresses[id]?.publicIp };
  if (type === "subnet") return placeFacts(region, id);
  if (type === "route-table")
    return { "ec2:RouteTableID": id, "ec2:Vpc": vpcArn(region, region.routeTables[id]?.vpcId) };
  if (type === "security-group") return { "ec2:Vpc": vpcArn(region, region.securityGroups[id]?.vpcId) };
  if (type !== "instance") return {};
  const instance = region.instances[id];
  return {
    "ec2:InstanceID": id,
    "ec2:InstanceType": instance?.type,
    "ec2:InstanceProfile": instance?.profile && profileArn(region, instance.profile),
    "ec2:AvailabilityZone": region.subnets[instance?.subnetId ?? ""]?.zone,
  };
}

function placeFacts(region: Region, subnetId: string | undefined): Facts {
  const subnet = region.subnets[subnetId ?? ""];
  if (!subnet) return {};
  return {
    "ec2:Subnet": arn(region, "subnet", subnet.id),
    "ec2:Vpc": vpcArn(region, subnet.vpcId),
    "ec2:AvailabilityZone": subnet.zone,
  };
}

function vpcArn(region: Region, id: string | undefined): string | undefined {
  return id && arn(region, "vpc", id);
}

function unauthorized({ arn: who }: Caller, { action, resource }: Question, explicit: boolean): Ec2Error {
  const reason = explicit
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  const message = `You are not authorized to perform this operation. User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${reason}.`;
  return new Ec2Error("UnauthorizedOperation", message, 403);
}
