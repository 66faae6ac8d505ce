import type { Answer } from "./action";
import type { Region, Resource } from "./state";

/** Tags as every answer shows them. */
export function tagSet(tags: Resource["tags"]): Answer {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** The answer of actions that say nothing but that they did it. */
export const done = { return: true };

export function groupSet(region: Region, groups: readonly string[]): Answer {
  return groups.map((groupId) => ({ groupId, groupName: region.securityGroups[groupId]?.name }));
}

export function arn(region: Region, type: string, id: string): string {
  const owner = type === "image" ? "" : region.account;
  return `arn:aws:ec2:${region.name}:${owner}:${type}/${id}`;
}

export function zoneId(region: Region, zone: string): string | undefined {
  return region.zones.find(({ name }) => name === zone)?.id;
}

/** The name that a private address has in its VPC (VPC User Guide, "DNS attributes for your VPC"). */
export function privateName(region: Region, address: string): string {
  return `ip-${address.replaceAll(".", "-")}.${region.name}.compute.internal`;
}

/** The name that a public address has, where the VPC gives names. */
export function publicName(region: Region, vpcId: string | undefined, address: string | undefined): string {
  const named = address && vpcId && region.vpcs[vpcId]?.dnsHostnames;
  return named ? `ec2-${address.replaceAll(".", "-")}.${region.name}.compute.amazonaws.com` : "";
}
