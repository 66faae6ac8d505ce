import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { server } from "../../config/nginx/pools";
import type { ServedPool } from "../../node/settings";
import { metadataOptions } from "./instance";
import type { Network } from "./network";
import type { Scope } from "./scope";
import type { SecurityGroups } from "./security-groups";

/** The servers of every pool: those that the configuration lists, and machines that are made. */
export function servedPools(
  scope: Scope,
  network: Network,
  groups: SecurityGroups,
): pulumi.Output<ServedPool[]> {
  const pools = scope.cluster.nginx.pools.map(({ instances, servers = [], ...pool }) => {
    if (instances === undefined) return pulumi.output({ ...pool, servers });
    const group = groups.backends[pool.name];
    if (group === undefined) throw new Error(`pool ${pool.name} has no security group`);
    const addresses = Array.from({ length: instances.count }, (_, index) =>
      backend(scope, network, group, pool.name, instances, index),
    );
    return pulumi.all(addresses).apply((all) => ({
      ...pool,
      servers: all.map((address) => server.parse({ address, port: instances.port })),
    }));
  });
  return pulumi.all(pools) as pulumi.Output<ServedPool[]>;
}

type Instances = NonNullable<Scope["cluster"]["nginx"]["pools"][number]["instances"]>;

/** In the nodes' subnets, by turns; without a public address, so the nodes are the only way in. */
function backend(
  { name, opts, tags, facts }: Scope,
  network: Network,
  group: pulumi.Output<string>,
  pool: string,
  { type, image, userData }: Instances,
  index: number,
): pulumi.Output<string> {
  const part = `${pool}-${index + 1}`;
  const made = new ec2.Instance(
    `${name}-${part}`,
    {
      ami: image ?? facts.apply((all) => all.image),
      instanceType: type,
      subnetId: network.subnetIds[index % 2 === 0 ? 0 : 1],
      vpcSecurityGroupIds: [group],
      associatePublicIpAddress: false,
      metadataOptions,
      rootBlockDevice: { encrypted: true, volumeType: "gp3" },
      ...(userData !== "" && { userData, userDataReplaceOnChange: true }),
      tags: tags(part),
      volumeTags: tags(part),
    },
    { ...opts, ...(image === undefined && { ignoreChanges: ["ami"] }) },
  );
  return made.privateIp;
}
