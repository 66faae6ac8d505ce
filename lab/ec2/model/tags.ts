import { refuse } from "./error";
import { fields, list, required, text } from "./parameters";
import type { Region, Resource } from "./state";

export const tagParameter = list(fields({ Key: required(text()), Value: text() }));
export const tagSpecifications = list(fields({ ResourceType: required(text()), Tag: tagParameter }));

type Tag = { Key: string; Value?: string };

/** The tags that a creation gives to what it makes; another resource type than that is an error. */
export function tagsFor(
  specifications: readonly { ResourceType: string; Tag: Tag[] }[],
  type: string,
  others: readonly string[] = [],
): Record<string, string> {
  for (const { ResourceType } of specifications) {
    if (ResourceType !== type && !others.includes(ResourceType)) {
      refuse(
        "InvalidParameterValue",
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
  }
  return merged(
    {},
    specifications.flatMap(({ ResourceType, Tag }) => (ResourceType === type ? Tag : [])),
  );
}

/** Tags with others put over them: at most fifty, none that AWS keeps to itself (EC2 User Guide, "Tag restrictions"). */
export function merged(before: Record<string, string>, tags: readonly Tag[]): Record<string, string> {
  const result = { ...before };
  for (const { Key, Value = "" } of tags) {
    if (/^aws:/i.test(Key)) {
      refuse("InvalidParameterValue", `Tag keys starting with 'aws:' are reserved for internal use`);
    }
    if (Key.length === 0 || Key.length > 127 || Value.length > 255) {
      refuse("InvalidParameterValue", `Tag '${Key}': a key has 1 to 127 characters, a value up to 255`);
    }
    result[Key] = Value;
  }
  if (Object.keys(result).length > 50) refuse("TagLimitExceeded", "A resource has at most 50 tags.");
  return result;
}

/** Every resource that carries tags, with its type's name in ARNs and in DescribeTags. */
export function taggable(region: Region): { type: string; resource: Resource }[] {
  const kinds: [string, Record<string, Resource>][] = [
    ["vpc", region.vpcs],
    ["subnet", region.subnets],
    ["internet-gateway", region.internetGateways],
    ["natgateway", region.natGateways],
    ["route-table", region.routeTables],
    ["security-group", region.securityGroups],
    ["network-interface", region.interfaces],
    ["elastic-ip", region.addresses],
    ["instance", region.instances],
    ["key-pair", region.keyPairs],
    ["image", region.images],
  ];
  const rules = Object.values(region.securityGroups).flatMap((group) => group.rules);
  return [
    ...kinds.flatMap(([type, all]) => Object.values(all).map((resource) => ({ type, resource }))),
    ...rules.map((resource) => ({ type: "security-group-rule", resource })),
  ];
}
