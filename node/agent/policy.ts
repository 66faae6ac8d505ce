import type { Claim } from "../claim";

/** Whose policy it is. */
export interface PolicyInput {
  partition: string;
  region: string;
  account: string;
  claim: Claim;
  /** The node's own: no other instance has it. */
  instanceProfileArn: string;
}

/**
 * What a node's role may do: see who has the VIP, and move it to its own interface. EC2 asks about the address, the
 * interface and the instance that it is attached to; the instance does not exist yet when the policy is made, so it is
 * told by its profile. A route can only be limited to its table: whoever may replace one may replace all of them.
 */
export function agentPolicy({ partition, region, account, claim, instanceProfileArn }: PolicyInput): object {
  const arn = (type: string, id: string): string => `arn:${partition}:ec2:${region}:${account}:${type}/${id}`;
  const own = arn("network-interface", claim.networkInterfaceId);
  const look = (Action: string) => ({
    Effect: "Allow",
    Action,
    Resource: "*",
    Condition: { StringEquals: { "aws:RequestedRegion": region } },
  });
  const allow = (Action: string, ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });
  const statements = {
    elasticIp: (of: Extract<Claim, { mode: "elasticIp" }>) => [
      look("ec2:DescribeAddresses"),
      allow("ec2:AssociateAddress", arn("elastic-ip", of.allocationId), own),
      {
        ...allow("ec2:AssociateAddress", arn("instance", "*")),
        Condition: { ArnEquals: { "ec2:InstanceProfile": instanceProfileArn } },
      },
    ],
    secondaryPrivateIp: () => [
      look("ec2:DescribeNetworkInterfaces"),
      allow("ec2:AssignPrivateIpAddresses", own),
    ],
    overlayRoute: (of: Extract<Claim, { mode: "overlayRoute" }>) => [
      look("ec2:DescribeRouteTables"),
      allow("ec2:ReplaceRoute", ...of.routeTableIds.map((id) => arn("route-table", id))),
    ],
  };
  return { Version: "2012-10-17", Statement: statements[claim.mode](claim as never) };
}
