import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { AwsNodeConfig } from "../../config/aws";
import { type KeyPair, sshKeyPair } from "../ssh/key-pair";
import type { Scope } from "./scope";

/** What stays of a node when its instance is replaced: its interface with its addresses, and its host key. */
export interface Seat {
  node: AwsNodeConfig;
  networkInterfaceId: pulumi.Output<string>;
  interfaceArn: pulumi.Output<string>;
  address: pulumi.Output<string>;
  /** The second private address, on which an Elastic IP lands; mode elasticIp only. */
  secondAddress: pulumi.Output<string>;
  /** Where SSH reaches it. */
  sshHost: pulumi.Output<string>;
  hostKey: KeyPair;
  /** What a machine on it must wait for before it can reach the Internet. */
  ways: pulumi.Resource[];
}

/**
 * Which addresses are on the interface is the nodes' affair after its creation: `ignoreChanges` keeps an `up` from
 * taking the VIP back.
 * @param after what must be deleted only when the interface is gone
 * @param ways what leads out of the subnet
 */
export function seat(
  scope: Scope,
  node: AwsNodeConfig,
  subnetId: pulumi.Output<string>,
  group: pulumi.Output<string>,
  after: pulumi.Resource[],
  ways: pulumi.Resource[],
): Seat {
  const { cluster, opts, tags } = scope;
  const prefix = `${scope.name}-${node.name}`;
  const { mode } = cluster.vip;
  const made = new ec2.NetworkInterface(
    `${prefix}-interface`,
    {
      subnetId,
      securityGroups: [group],
      ...(mode === "elasticIp" && { privateIpsCount: 1 }),
      sourceDestCheck: mode !== "overlayRoute",
      description: `nginx-ha ${prefix}`,
      tags: tags(node.name),
    },
    {
      ...opts,
      dependsOn: scope.facts.apply(() => after),
      ignoreChanges: ["privateIps", "privateIpLists", "privateIpsCount"],
    },
  );
  const second = pulumi
    .all([made.privateIps, made.privateIp])
    .apply(([all, primary]) => all.find((address) => address !== primary) ?? "");
  const egress = node.egress === "elasticIp" ? elasticEgress(scope, node, made, ways) : undefined;
  return {
    node,
    networkInterfaceId: made.id,
    interfaceArn: made.arn,
    address: made.privateIp,
    secondAddress: second,
    sshHost: cluster.ssh.proxy || !egress ? made.privateIp : egress.publicIp,
    hostKey: sshKeyPair(`${prefix}-host-key`, opts),
    ways: egress ? [egress.association] : [],
  };
}

/** An address of the node's own: EC2 gives an automatic one only to interfaces that a launch makes. */
function elasticEgress(
  { name, opts, tags, facts }: Scope,
  node: AwsNodeConfig,
  made: ec2.NetworkInterface,
  ways: pulumi.Resource[],
): { publicIp: pulumi.Output<string>; association: pulumi.Resource } {
  const prefix = `${name}-${node.name}-egress`;
  const address = new ec2.Eip(prefix, { domain: "vpc", tags: tags(`${node.name}-egress`) }, opts);
  const association = new ec2.EipAssociation(
    prefix,
    { allocationId: address.allocationId, networkInterfaceId: made.id, privateIpAddress: made.privateIp },
    // EC2 associates nothing in a VPC whose gateway is not attached yet.
    { ...opts, dependsOn: facts.apply(() => ways) },
  );
  return { publicIp: address.publicIp, association };
}
