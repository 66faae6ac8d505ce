import { Region } from "@pulumi/aws/types/enums";
import { inSubnet } from "../../config/addresses";
import type { AwsCluster } from "../../config/cluster";
import { reservedByEc2 } from "../../config/rules/aws";
import type { AwsFacts, SubnetFacts } from "./facts";

type Found = Pick<AwsFacts, "vpcCidr" | "subnets" | "type"> & Elsewhere;

/** Who has the Elastic IP that the stack was given, and who asks: `project/stack`. */
export interface Elsewhere {
  stack: string;
  allocatedTo?: string;
}

/** What the account says against the configuration: a line each with path, rule, value, remedy. */
export function brokenFacts(cluster: AwsCluster, found: Found): string[] {
  const rules = [zones, membership, wayOut, vipAddress, nodeTables, addresses, otherStack];
  return rules.flatMap((rule) => [...rule(cluster, found)]).map((line) => `nginx-ha:cluster.${line}`);
}

/** What is wrong with `aws:region`. The lab's own Regions are reached by its endpoint only; elsewhere such a name is a mistake. */
export function brokenRegion(
  region: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string[] {
  // A provider of the program's own may say it.
  if (!region) return [];
  if (region.startsWith("lab-"))
    return environment.AWS_ENDPOINT_URL
      ? []
      : [
          `aws:region: must be a Region of AWS; those called lab-… exist in the lab alone, where npm run pulumi leads (is "${region}")`,
        ];
  if (Object.values(Region).some((known) => known === region)) return [];
  return [
    `aws:region: must be a Region of AWS, e.g. eu-west-1; a Region that is newer than this needs a newer @pulumi/aws (is "${region}")`,
  ];
}

/** An address has one association: two stacks would take it from each other at every failover. */
function* otherStack({ vip }: AwsCluster, { allocatedTo, stack }: Found): Generator<string> {
  if (vip.mode !== "elasticIp" || allocatedTo === undefined || allocatedTo === stack) return;
  yield `vip.allocation: is the VIP of the stack ${allocatedTo}; take another address, or destroy that stack first; when it is gone, take the tag nginx-ha:stack off the address (is "${vip.allocation}")`;
}

function* zones({ network, vip }: AwsCluster, { subnets: [first, second] }: Found): Generator<string> {
  if (vip.mode === "secondaryPrivateIp" || network.oneZone || first.zone !== second.zone) return;
  const where = network.vpc === undefined ? "network.zones" : "nodes[1].subnet";
  yield `${where}: must be in another zone than the first node's, and both are in ${first.zone}; choose another, or accept one zone with network.oneZone`;
}

function* membership({ network }: AwsCluster, { subnets }: Found): Generator<string> {
  for (const [index, subnet] of subnets.entries()) {
    if (network.vpc === undefined || subnet.vpcId === network.vpc) continue;
    yield `nodes[${index}].subnet: must be a subnet of network.vpc ${network.vpc}, and is one of ${subnet.vpcId} (is "${subnet.id}")`;
  }
}

/** Packages, the EC2 API, and what clients are answered: all need a default route, which a VPC that is made has. */
function* wayOut({ nodes, vip }: AwsCluster, { subnets }: Found): Generator<string> {
  for (const [index, { id, routes }] of subnets.entries()) {
    if (routes === undefined) continue;
    const target = routes.find(({ destination }) => destination === "0.0.0.0/0")?.target;
    const needsGateway = vip.mode === "elasticIp" || nodes[index]?.egress === "elasticIp";
    const path = `nodes[${index}].subnet`;
    if (target === undefined || target === "") {
      yield `${path}: must have a way out, and its route table has no route for 0.0.0.0/0 (is "${id}")`;
    } else if (needsGateway && !target.startsWith("igw-")) {
      const why = vip.mode === "elasticIp" ? "vip.mode elasticIp" : `nodes[${index}].egress elasticIp`;
      yield `${path}: must lead to an Internet gateway because of ${why}, and its default route goes to ${target} (is "${id}")`;
    } else if (nodes[index]?.egress === "nat" && !target.startsWith("nat-")) {
      yield `${path}: must lead to a NAT gateway because of nodes[${index}].egress nat, and its default route goes to ${target} (is "${id}")`;
    }
  }
}

function* vipAddress({ vip }: AwsCluster, { vpcCidr, subnets: [subnet] }: Found): Generator<string> {
  if (vip.mode === "overlayRoute" && inSubnet(vip.address, vpcCidr))
    yield `vip.address: must lie outside of the VPC's range ${vpcCidr}, where no route of ours is taken (is "${vip.address}")`;
  if (vip.mode !== "secondaryPrivateIp") return;
  if (!inSubnet(vip.address, subnet.cidr) || reservedByEc2(vip.address, subnet.cidr))
    yield `vip.address: must be a free address of the nodes' subnet ${subnet.cidr}, not its first four or its last (is "${vip.address}")`;
}

/** IAM can limit a node to a route table, not to a route: with its own table it could lead the pair's traffic away. */
function* nodeTables({ vip }: AwsCluster, { subnets }: Found): Generator<string> {
  if (vip.mode !== "overlayRoute" || vip.acceptNodeTables) return;
  const own = subnets.map(({ routeTableId }: SubnetFacts) => routeTableId);
  for (const [index, table] of vip.routeTables.entries()) {
    if (own.includes(table))
      yield `vip.routeTables[${index}]: must not be a table of the nodes' own subnets, which a node could then change as it likes; give the clients' subnets a table of their own, or set vip.acceptNodeTables (is "${table}")`;
  }
}

function* addresses({ vip, instances }: AwsCluster, { type }: Found): Generator<string> {
  const needed = vip.mode === "overlayRoute" ? 1 : 2;
  if (type.addresses < needed)
    yield `instances.type: must allow ${needed} private addresses for each interface, and allows ${type.addresses}; take a larger one (is "${instances.type}")`;
}
