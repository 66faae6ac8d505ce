import * as pulumi from "@pulumi/pulumi";
import type { AwsCluster } from "../../config/cluster";

/**
 * What the pair may do about established connections. A security group whose rule is not for everybody tracks connections,
 * and drops a packet of one that began on the other node (EC2 User Guide, "Security group connection tracking").
 */
export function drainOf({ access, drain, vip }: AwsCluster, parent: pulumi.Resource): AwsCluster["drain"] {
  if (drain.seconds === 0 || vip.mode !== "elasticIp" || access.httpFrom.includes("0.0.0.0/0")) return drain;
  const why =
    "access.httpFrom is narrower than 0.0.0.0/0: a planned move of the Elastic IP cuts established connections (drain.seconds counts as 0)";
  pulumi.log.warn(why, parent);
  return { seconds: 0 };
}
