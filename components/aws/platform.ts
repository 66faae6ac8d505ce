import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { AwsCluster } from "../../config/cluster";
import type { NodePlace } from "../../node/settings";
import type { Platform } from "../platform";
import { sshKeyPair } from "../ssh/key-pair";
import { servedPools } from "./backends";
import { drainOf } from "./drain";
import { identity } from "./identity";
import { instance } from "./instance";
import { network } from "./network";
import { newScope, type Scope } from "./scope";
import { type Seat, seat } from "./seat";
import { securityGroups } from "./security-groups";
import { publicAddress, type VirtualAddress, virtualAddress } from "./virtual-address";

/**
 * Platform `aws`: two instances on interfaces that outlive them, an address that the nodes move themselves.
 * @param proxyKey the key that logs in on the bastion `ssh.proxy`
 */
export function awsPlatform(
  name: string,
  cluster: AwsCluster,
  proxyKey: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): Platform {
  const scope = newScope(name, cluster, parent);
  const place = network(scope);
  const drain = drainOf(cluster, parent);
  const groups = securityGroups(scope, place.vpcId, drain.seconds > 0);
  const elastic = publicAddress(scope);
  const [one, other] = cluster.nodes.map((node, index) =>
    seat(scope, node, place.subnetIds[index === 0 ? 0 : 1], groups.nodes, elastic?.needs ?? [], place.ways),
  );
  if (!one || !other) throw new Error("a pair has two nodes");
  const address = virtualAddress(scope, [one, other], elastic);
  const pools = servedPools(scope, place, groups);
  const login = sshKeyPair(`${name}-login-key`, scope.opts);
  const { keyName } = new ec2.KeyPair(
    `${name}-login`,
    { publicKey: login.publicKey, tags: scope.tags("login") },
    scope.opts,
  );

  const identities = new Map([one, other].map((own) => [own, identity(scope, own, address)]));
  const machine = (own: Seat, proof: pulumi.Resource[]) => {
    const role = identities.get(own);
    if (!role) throw new Error(`no identity for ${own.node.name}`);
    const after = [...place.ways, ...address.needs, ...proof];
    return instance(scope, { seat: own, identity: role, keyName, login, proxyKey, after });
  };
  const { keepalived, nginx, sync } = cluster;
  return {
    vip: address.vip,
    pair: pulumi.all([pools, address.vip]).apply(([all, vip]) => ({
      keepalived,
      nginx: { ...nginx, pools: all },
      sync,
      drain,
      vip,
    })),
    places: pulumi.all([placeOf(scope, one, address), placeOf(scope, other, address)]),
    machines: "made",
    first: machine(one, []),
    second: (proof) => machine(other, proof),
  };
}

const placeOf = ({ cluster, facts }: Scope, own: Seat, address: VirtualAddress): pulumi.Output<NodePlace> =>
  pulumi
    .all([own.address, own.hostKey.publicKey, address.claimOf(own), facts])
    .apply(([ip, hostKey, claim, { region }]) => ({
      name: own.node.name,
      address: ip,
      interface: cluster.instances.interface,
      sshPort: 22,
      hostKey,
      claim: { region, of: claim },
    }));
