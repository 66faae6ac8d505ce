import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { newId } from "../ids";
import { groupOf } from "../lookup";
import { list, required, text } from "../parameters";
import { permissionParameter, rulesOf, sameTraffic } from "../permissions";
import { arn, done, tagSet } from "../show";
import type { Region, SecurityGroup, SecurityRule } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

function authorize(egress: boolean): Action {
  return mutation({
    parameters: {
      GroupId: required(text()),
      IpPermissions: permissionParameter,
      TagSpecification: tagSpecifications,
    },
    run(region, { GroupId, IpPermissions, TagSpecification }) {
      const group = groupOf(region, GroupId);
      if (IpPermissions.length === 0)
        refuse("MissingParameter", "The request must contain the parameter ipPermissions");
      const made = IpPermissions.flatMap((permission) => rulesOf(region, permission, egress, group.vpcId));
      const tags = tagsFor(TagSpecification, "security-group-rule");
      const rules = made.map((rule): SecurityRule => {
        if (group.rules.some((other) => sameTraffic(other, rule))) {
          const peer = rule.cidr ?? rule.groupId;
          refuse(
            "InvalidPermission.Duplicate",
            `the specified rule "peer: ${peer}, ${rule.protocol}, from port: ${rule.fromPort}, to port: ${rule.toPort}, ALLOW" already exists`,
          );
        }
        const added = { ...rule, id: newId(region, "sgr"), tags };
        group.rules.push(added);
        return added;
      });
      return { ...done, securityGroupRuleSet: rules.map((rule) => show(region, group, rule)) };
    },
  });
}

function revoke(egress: boolean): Action {
  return mutation({
    parameters: {
      GroupId: required(text()),
      IpPermissions: permissionParameter,
      SecurityGroupRuleId: list(text()),
    },
    run(region, { GroupId, IpPermissions, SecurityGroupRuleId }) {
      const group = groupOf(region, GroupId);
      const own = group.rules.filter((rule) => rule.egress === egress);
      const byId = SecurityGroupRuleId.map((id) => {
        const rule = own.find((one) => one.id === id);
        return (
          rule ??
          refuse("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${id}' does not exist`)
        );
      });
      const byContent = IpPermissions.flatMap((permission) =>
        rulesOf(region, permission, egress, group.vpcId),
      ).map((wanted) => {
        const rule = own.find((one) => sameTraffic(one, wanted));
        return (
          rule ??
          refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        );
      });
      const gone = new Set([...byId, ...byContent]);
      if (gone.size === 0) refuse("MissingParameter", "Either rule ids or permissions are required.");
      group.rules = group.rules.filter((rule) => !gone.has(rule));
      return { ...done, revokedSecurityGroupRuleSet: [...gone].map((rule) => shown(group, rule)) };
    },
  });
}

function shown({ id: groupId }: SecurityGroup, rule: SecurityRule) {
  return {
    securityGroupRuleId: rule.id,
    groupId,
    isEgress: rule.egress,
    ipProtocol: rule.protocol,
    fromPort: rule.fromPort,
    toPort: rule.toPort,
    cidrIpv4: rule.cidr,
    referencedGroupId: rule.groupId,
    description: rule.description,
  };
}

function show(region: Region, group: SecurityGroup, rule: SecurityRule) {
  const { referencedGroupId, ...common } = shown(group, rule);
  return {
    ...common,
    groupOwnerId: region.account,
    ...(referencedGroupId && {
      referencedGroupInfo: { groupId: referencedGroupId, userId: region.account, vpcId: group.vpcId },
    }),
    tagSet: tagSet(rule.tags),
    securityGroupRuleArn: arn(region, "security-group-rule", rule.id),
  };
}

const describe = description<SecurityRule & { group: SecurityGroup }>({
  set: "securityGroupRuleSet",
  items: (region) =>
    Object.values(region.securityGroups).flatMap((group) => group.rules.map((rule) => ({ ...rule, group }))),
  select: { SecurityGroupRuleId: { of: ({ id }) => id, missing: "InvalidSecurityGroupRuleId.NotFound" } },
  filters: () => ({
    "group-id": ({ group }) => group.id,
    "security-group-rule-id": ({ id }) => id,
  }),
  show: (region, { group, ...rule }) => show(region, group, rule),
});

export const securityRuleActions: Record<string, Action> = {
  AuthorizeSecurityGroupIngress: authorize(false),
  AuthorizeSecurityGroupEgress: authorize(true),
  RevokeSecurityGroupIngress: revoke(false),
  RevokeSecurityGroupEgress: revoke(true),
  DescribeSecurityGroupRules: describe,
};
