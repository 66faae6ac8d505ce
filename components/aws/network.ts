import * as ec2 from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./scope";

/** Where the nodes are: a VPC and the subnet of each node, taken or made. */
export interface Network {
  vpcId: pulumi.Output<string>;
  subnetIds: [pulumi.Output<string>, pulumi.Output<string>];
  /** What a machine in it must wait for before it can reach the Internet. */
  ways: pulumi.Resource[];
}

export function network(scope: Scope): Network {
  const { cluster, facts } = scope;
  if (cluster.network.vpc === undefined) return makeNetwork(scope);
  const subnet = (index: 0 | 1) => facts.apply(({ subnets }) => String(subnets[index].id));
  return {
    vpcId: facts.apply(({ subnets }) => String(subnets[0].vpcId)),
    subnetIds: [subnet(0), subnet(1)],
    ways: [],
  };
}

/** Standalone routes only: inline ones and the nodes' own changes would fight. */
function makeNetwork({ name, cluster, facts, opts, tags }: Scope): Network {
  const vpc = new ec2.Vpc(
    `${name}-vpc`,
    {
      cidrBlock: facts.apply(({ vpcCidr }) => vpcCidr),
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: tags("vpc"),
    },
    opts,
  );
  const gateway = new ec2.InternetGateway(`${name}-gateway`, { vpcId: vpc.id, tags: tags("gateway") }, opts);
  const table = new ec2.RouteTable(`${name}-routes`, { vpcId: vpc.id, tags: tags("routes") }, opts);
  const out = new ec2.Route(
    `${name}-default-route`,
    { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    opts,
  );
  const ways: pulumi.Resource[] = [out];
  const subnet = (index: 0 | 1): pulumi.Output<string> => {
    const node = cluster.nodes[index]?.name;
    const made = new ec2.Subnet(
      `${name}-${node}-subnet`,
      {
        vpcId: vpc.id,
        cidrBlock: facts.apply(({ subnets }) => subnets[index].cidr),
        availabilityZone: facts.apply(({ subnets }) => subnets[index].zone),
        mapPublicIpOnLaunch: false,
        tags: tags(`${node}-subnet`),
      },
      // The Region's first two zones may be others one day, and a subnet in another zone is another subnet.
      { ...opts, ignoreChanges: cluster.network.zones === undefined ? ["availabilityZone"] : [] },
    );
    const association = { subnetId: made.id, routeTableId: table.id };
    ways.push(new ec2.RouteTableAssociation(`${name}-${node}-subnet-routes`, association, opts));
    return made.id;
  };
  const first = subnet(0);
  // How many there are must not depend on what the account says: the configuration alone decides.
  const together = cluster.vip.mode === "secondaryPrivateIp" || new Set(cluster.network.zones).size === 1;
  return { vpcId: vpc.id, subnetIds: [first, together ? first : subnet(1)], ways };
}
