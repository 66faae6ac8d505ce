import * as pulumi from "@pulumi/pulumi";
import type { AwsCluster } from "../../config/cluster";

/**
 * What the pair may do about established connections. EC2 tracks the connections of a security group whose rules are not for
 * everybody, and does not say what becomes of a packet of one that began on the other node: an Elastic IP, whose clients are
 * the Internet, does not rely on that (EC2 User Guide, "Security group connection tracking").
 */
export function drainOf({ access, drain, vip }: AwsCluster, parent: pulumi.Resource): AwsCluster["drain"] {
  if (drain.seconds === 0 || vip.mode !== "elasticIp" || access.httpFrom.includes("0.0.0.0/0")) return drain;
  const why =
    "access.httpFrom is narrower than 0.0.0.0/0: a planned move of the Elastic IP will cut established connections; set drain.seconds to 0 to agree, or open access.httpFrom";
  pulumi.log.warn(why, parent);
  return { seconds: 0 };
}
