import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { newId } from "../ids";
import { groupOf, vpcOf } from "../lookup";
import { required, text } from "../parameters";
import { arn, done, tagSet } from "../show";
import type { Region, SecurityGroup, SecurityRule } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

/** A new group lets everything out and nothing in; a default group also lets in its own members. */
export function newSecurityGroup(
  region: Region,
  input: Pick<SecurityGroup, "vpcId" | "name" | "description"> & { tags?: Record<string, string> },
): SecurityGroup {
  const id = newId(region, "sg");
  const all = { protocol: "-1", fromPort: -1, toPort: -1, tags: {} };
  const out: SecurityRule = { ...all, id: newId(region, "sgr"), egress: true, cidr: "0.0.0.0/0" };
  const members: SecurityRule = { ...all, id: newId(region, "sgr"), egress: false, groupId: id };
  const rules = input.name === "default" ? [out, members] : [out];
  const group = { tags: {}, ...input, id, rules };
  region.securityGroups[id] = group;
  return group;
}

const create = mutation({
  parameters: {
    GroupName: required(text()),
    GroupDescription: required(text()),
    VpcId: required(text()),
    TagSpecification: tagSpecifications,
  },
  resources: (_, { VpcId }) => [
    { type: "vpc", id: VpcId },
    { type: "security-group", id: "*" },
  ],
  run(region, { GroupName, GroupDescription, VpcId, TagSpecification }) {
    const vpc = vpcOf(region, VpcId);
    const characters = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
    if (!characters.test(GroupName) || GroupName.startsWith("sg-")) {
      refuse("InvalidParameterValue", `Invalid security group name '${GroupName}'`);
    }
    if (!characters.test(GroupDescription)) {
      refuse(
        "InvalidParameterValue",
        `Invalid security group description: valid are up to 255 of a-z A-Z 0-9 and ._-:/()#,@[]+=&;{}!$*`,
      );
    }
    const taken = Object.values(region.securityGroups).some(
      (one) => one.vpcId === vpc.id && one.name === GroupName,
    );
    if (taken)
      refuse(
        "InvalidGroup.Duplicate",
        `The security group '${GroupName}' already exists for VPC '${vpc.id}'`,
      );
    const tags = tagsFor(TagSpecification, "security-group");
    const group = newSecurityGroup(region, {
      vpcId: vpc.id,
      name: GroupName,
      description: GroupDescription,
      tags,
    });
    return {
      groupId: group.id,
      securityGroupArn: arn(region, "security-group", group.id),
      tagSet: tagSet(tags),
    };
  },
});

const remove = mutation({
  parameters: { GroupId: required(text()) },
  run(region, { GroupId }) {
    const group = groupOf(region, GroupId);
    if (group.name === "default")
      refuse(
        "CannotDelete",
        `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
      );
    const others = Object.values(region.securityGroups).filter(({ id }) => id !== group.id);
    const referred = others.some(({ rules }) => rules.some(({ groupId }) => groupId === group.id));
    const used = Object.values(region.interfaces).some(({ groups }) => groups.includes(group.id));
    if (referred || used) refuse("DependencyViolation", `resource ${group.id} has a dependent object`);
    delete region.securityGroups[group.id];
    return { ...done, groupId: group.id };
  },
});

/** Rules with the same protocol and ports are one permission. */
function permissions(region: Region, rules: SecurityRule[]) {
  const kinds = new Map<string, SecurityRule[]>();
  for (const rule of rules) {
    const kind = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), rule]);
  }
  return [...kinds.values()].map((same) => {
    const { protocol = "", fromPort, toPort } = same[0] ?? {};
    const ports = ["tcp", "udp", "icmp"].includes(protocol) ? { fromPort, toPort } : {};
    return {
      ipProtocol: protocol,
      ...ports,
      groups: same.flatMap(({ groupId, description }) =>
        groupId ? { groupId, userId: region.account, description } : [],
      ),
      ipRanges: same.flatMap(({ cidr, description }) => (cidr ? { cidrIp: cidr, description } : [])),
      ipv6Ranges: [],
      prefixListIds: [],
    };
  });
}

const describe = description<SecurityGroup>({
  set: "securityGroupInfo",
  items: (region) => Object.values(region.securityGroups),
  select: { GroupId: { of: ({ id }) => id, missing: "InvalidGroup.NotFound" } },
  filters: (region) => ({
    "group-id": ({ id }) => id,
    "group-name": ({ name }) => name,
    "vpc-id": ({ vpcId }) => vpcId,
    description: (group) => group.description,
    "owner-id": () => region.account,
  }),
  show: (region, group) => ({
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpcId,
    ownerId: region.account,
    securityGroupArn: arn(region, "security-group", group.id),
    ipPermissions: permissions(
      region,
      group.rules.filter(({ egress }) => !egress),
    ),
    ipPermissionsEgress: permissions(
      region,
      group.rules.filter(({ egress }) => egress),
    ),
    tagSet: tagSet(group.tags),
  }),
});

export const securityGroupActions: Record<string, Action> = {
  CreateSecurityGroup: create,
  DeleteSecurityGroup: remove,
  DescribeSecurityGroups: describe,
};
