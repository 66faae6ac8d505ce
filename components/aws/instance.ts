import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "../machine";
import type { KeyPair } from "../ssh/key-pair";
import type { Identity } from "./identity";
import type { Scope } from "./scope";
import type { Seat } from "./seat";
import { nodeUserData } from "./user-data";

/** How every machine reaches its metadata: with a token, and not through anything that it forwards for. */
export const metadataOptions = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
} as const;

export interface InstanceNeeds {
  seat: Seat;
  identity: Identity;
  keyName: pulumi.Output<string>;
  login: KeyPair;
  proxyKey?: pulumi.Input<string>;
  /** What must be done before the machine is made, or replaced. */
  after: pulumi.Resource[];
}

/**
 * A node's machine on its seat. The provider would change type and user data in place, by stopping the machine; and a
 * replacement that is created first would find the interface in use. So a change is a replacement, the old one first.
 */
export function instance(scope: Scope, needs: InstanceNeeds): Machine {
  const { cluster, facts, opts, tags } = scope;
  const { seat, identity, keyName, after } = needs;
  const { instances } = cluster;
  const made = new ec2.Instance(
    `${scope.name}-${seat.node.name}`,
    {
      ami: facts.apply(({ image }) => image),
      instanceType: instances.type,
      primaryNetworkInterface: { networkInterfaceId: seat.networkInterfaceId },
      iamInstanceProfile: identity.profile,
      keyName,
      metadataOptions,
      rootBlockDevice: { encrypted: true, volumeSize: instances.rootVolume, volumeType: "gp3" },
      userData: pulumi
        .all([seat.hostKey.privateKey, seat.hostKey.publicKey])
        .apply(([privateKey, publicKey]) =>
          nodeUserData({ hostKey: { privateKey, publicKey }, runcmd: instances.runcmd }),
        ),
      tags: tags(seat.node.name),
      volumeTags: tags(seat.node.name),
    },
    {
      parent: opts.parent,
      dependsOn: [identity.policy, ...seat.ways, ...after],
      deleteBeforeReplace: true,
      replaceOnChanges: ["instanceType", "userData"],
      // The provider wants the check on again, which is the interface's affair (terraform-provider-aws #44768).
      ignoreChanges: ["sourceDestCheck", ...(instances.image === undefined ? ["ami"] : [])],
    },
  );
  return {
    name: seat.node.name,
    zone: made.availabilityZone,
    address: seat.address,
    interface: instances.interface,
    connection: connection(scope, needs),
    proxied: cluster.ssh.proxy !== undefined,
    user: cluster.ssh.user,
    id: made.id,
    resource: made,
  };
}

function connection(
  { cluster: { ssh } }: Scope,
  { seat, login, proxyKey }: InstanceNeeds,
): Machine["connection"] {
  const { proxy } = ssh;
  return {
    host: seat.sshHost,
    port: 22,
    user: ssh.user,
    hostKey: seat.hostKey.publicKey.apply(withoutComment),
    privateKey: login.privateKey,
    dialErrorLimit: 10,
    perDialTimeout: 10,
    ...(proxy && {
      proxy: {
        host: proxy.host,
        port: proxy.port,
        user: proxy.user,
        hostKey: withoutComment(proxy.hostKey),
        privateKey: pulumi.secret(proxyKey ?? ""),
        dialErrorLimit: 10,
        perDialTimeout: 10,
      },
    }),
  };
}

const withoutComment = (key: string): string => key.split(" ").slice(0, 2).join(" ");
