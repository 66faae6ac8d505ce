import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { agentPolicy } from "../../node/agent/policy";
import type { Scope } from "./scope";
import type { Seat } from "./seat";
import type { VirtualAddress } from "./virtual-address";

/** What a node may do: move the VIP to its own interface, and nothing else. */
export interface Identity {
  profile: pulumi.Output<string>;
  policy: pulumi.Resource;
}

export function identity(scope: Scope, seat: Seat, address: VirtualAddress): Identity {
  const { opts, tags, facts } = scope;
  const prefix = `${scope.name}-${seat.node.name}`;
  const role = new iam.Role(
    prefix,
    { assumeRolePolicy: JSON.stringify(assumedByInstances), tags: tags(seat.node.name) },
    opts,
  );
  const profile = new iam.InstanceProfile(prefix, { role: role.name, tags: tags(seat.node.name) }, opts);
  const policy = pulumi
    .all([facts, address.claimOf(seat), profile.arn])
    .apply(([{ partition, region, account }, claim, instanceProfileArn]) =>
      JSON.stringify(agentPolicy({ partition, region, account, claim, instanceProfileArn })),
    );
  return { profile: profile.name, policy: new iam.RolePolicy(prefix, { role: role.name, policy }, opts) };
}

const assumedByInstances = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
