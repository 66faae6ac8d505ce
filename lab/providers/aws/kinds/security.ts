import {
  changeEach,
  type Kind,
  type On,
  refuseUpdate,
  removeWhenFree,
  retag,
  specification,
  tagsOf,
  unlessGone,
} from "../kind";
import type { Properties } from "../plain";

export const securityGroup: Kind = {
  async create({ vpcId, name, description, tags }, { aws }) {
    const made = await aws.ec2("CreateSecurityGroup", {
      VpcId: vpcId,
      GroupName: name,
      GroupDescription: description,
      TagSpecification: specification("security-group", tags),
    });
    const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await aws.ec2("RevokeSecurityGroupEgress", { GroupId: made.groupId, IpPermissions: everything });
    return made.groupId;
  },
  async read(id, { aws }) {
    const found = (await unlessGone(aws.ec2("DescribeSecurityGroups", { GroupId: [id] })))
      ?.securityGroupInfo[0];
    return (
      found && {
        arn: found.securityGroupArn,
        name: found.groupName,
        description: found.groupDescription,
        vpcId: found.vpcId,
        ownerId: found.ownerId,
        ...tagsOf(found.tagSet),
      }
    );
  },
  update: (id, news, changed, on, olds) =>
    changeEach(changed, { revokeRulesOnDelete: () => {}, tags: () => retag(id, on, news, olds) }),
  remove: (id, _, on) =>
    removeWhenFree(id, on, 120_000, () => on.aws.ec2("DeleteSecurityGroup", { GroupId: id })),
};

const rule = (direction: "Ingress" | "Egress"): Kind => ({
  async create(inputs, { aws }) {
    const made = await aws.ec2(`AuthorizeSecurityGroup${direction}`, {
      GroupId: inputs.securityGroupId,
      IpPermissions: [permission(inputs)],
      TagSpecification: specification("security-group-rule", inputs.tags),
    });
    return made.securityGroupRuleSet[0].securityGroupRuleId;
  },
  async read(id, on) {
    const found = await ruleNamed(on, id);
    if (!found) return undefined;
    const hasPorts = found.ipProtocol !== "-1" && found.fromPort !== "-1";
    return {
      arn: found.securityGroupRuleArn,
      securityGroupRuleId: id,
      securityGroupId: found.groupId,
      ipProtocol: found.ipProtocol,
      ...(hasPorts && { fromPort: Number(found.fromPort), toPort: Number(found.toPort) }),
      cidrIpv4: found.cidrIpv4,
      referencedSecurityGroupId: found.referencedGroupInfo?.groupId,
      description: found.description,
      ...tagsOf(found.tagSet),
    };
  },
  update: (id, news, changed, on, olds) => {
    const refused = (path: string) => () => refuseUpdate(path);
    const names = [
      "ipProtocol",
      "fromPort",
      "toPort",
      "cidrIpv4",
      "referencedSecurityGroupId",
      "description",
    ];
    return changeEach(changed, {
      ...Object.fromEntries(names.map((name) => [name, refused(name)])),
      tags: () => retag(id, on, news, olds),
    });
  },
  async remove(id, { securityGroupId }, { aws }) {
    const which = { GroupId: securityGroupId, SecurityGroupRuleId: [id] };
    await unlessGone(aws.ec2(`RevokeSecurityGroup${direction}`, which));
  },
});

export const ingressRule = rule("Ingress");
export const egressRule = rule("Egress");

const permission = ({
  ipProtocol,
  fromPort,
  toPort,
  cidrIpv4,
  referencedSecurityGroupId,
  description,
}: Properties) => ({
  IpProtocol: ipProtocol,
  FromPort: fromPort,
  ToPort: toPort,
  ...(cidrIpv4 && { IpRanges: [{ CidrIp: cidrIpv4, Description: description }] }),
  ...(referencedSecurityGroupId && {
    Groups: [{ GroupId: referencedSecurityGroupId, Description: description }],
  }),
});

const ruleNamed = async ({ aws }: On, id: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.ec2("DescribeSecurityGroupRules", { SecurityGroupRuleId: [id] })))
    ?.securityGroupRuleSet[0];
