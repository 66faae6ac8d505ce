import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getPartition } from "@pulumi/aws/getPartition";
import { getRegion } from "@pulumi/aws/getRegion";
import { getParameter } from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import { quarterOf } from "../../config/addresses";
import { defaultVpcCidr } from "../../config/aws";
import type { AwsCluster } from "../../config/cluster";
import { configError } from "../../config/config-error";
import { brokenFacts, brokenRegion } from "./checks";
import { STACK_TAG, thisStack } from "./tags";

/** A subnet of the nodes; one that is made has no id yet. */
export interface SubnetFacts {
  id?: string;
  vpcId?: string;
  cidr: string;
  zone: string;
  /** Destinations of its route table, with what they lead to: `igw-…`, `nat-…`, …; of a taken subnet. */
  routes?: { destination: string; target: string }[];
  routeTableId?: string;
}

/** What the account and the Region say about what the configuration asks for. */
export interface AwsFacts {
  region: string;
  account: string;
  partition: string;
  /** The nodes' image. */
  image: string;
  vpcCidr: string;
  /** Of the first node and of the second; the same one twice in mode secondaryPrivateIp. */
  subnets: [SubnetFacts, SubnetFacts];
  type: { addresses: number; architectures: string[] };
}

/** Asks the account, at every preview and up, before anything is changed. */
export const lookUp = (cluster: AwsCluster, opts: pulumi.InvokeOptions): pulumi.Output<AwsFacts> =>
  pulumi.output(look(cluster, opts));

/** @throws pulumi.RunError with every problem at once */
export async function look(cluster: AwsCluster, opts: pulumi.InvokeOptions): Promise<AwsFacts> {
  const region = await regionOf(opts);
  const problems: string[] = [];
  // One refused question must not hide the answers to the others.
  const asked = async <T>(path: string, remedy: string, answer: Promise<T>): Promise<T | undefined> =>
    answer.catch((error: unknown) => {
      problems.push(`nginx-ha:cluster.${path}: ${remedy} (${reasonOf(error)})`);
      return undefined;
    });
  // Whoever may ask nothing at all is told once.
  const caller = await getCallerIdentity({}, opts).catch((error: unknown) => {
    throw configError([noCredentials(error)]);
  });
  const [partition, allocatedTo, type, network] = await Promise.all([
    getPartition({}, opts),
    asked("vip.allocation", "must be an Elastic IP of the Region", holderOf(cluster, opts)),
    asked(
      "instances.type",
      `must be an instance type that the Region offers, and is ${cluster.instances.type}`,
      ec2.getInstanceType({ instanceType: cluster.instances.type }, opts),
    ),
    asked("network", "cannot be used", networkOf(cluster, opts)),
  ]);
  const image =
    type && (await asked("instances.image", `${noImage} in ${region}`, imageOf(cluster, type, opts)));
  if (type && network) {
    const found = {
      ...network,
      stack: thisStack(),
      allocatedTo,
      type: { addresses: type.maximumIpv4AddressesPerInterface, architectures: type.supportedArchitectures },
    };
    problems.push(...brokenFacts(cluster, found));
    if (image && problems.length === 0)
      return {
        region,
        account: caller.accountId,
        partition: partition.partition,
        image,
        ...found,
      };
  }
  throw configError(problems);
}

const noCredentials = (error: unknown): string =>
  `aws: has no credentials that work, by whatever way you give them (${reasonOf(error)})`;

/** The Region that the provider really uses. A provider that cannot begin may have been given one that does not exist. */
async function regionOf(opts: pulumi.InvokeOptions): Promise<string> {
  const used = await getRegion({}, opts).catch((error: unknown) => {
    const wrong = brokenRegion(new pulumi.Config("aws").get("region"));
    throw configError(wrong.length > 0 ? wrong : [noCredentials(error)]);
  });
  const problems = brokenRegion(used.region);
  if (problems.length > 0) throw configError(problems);
  return used.region;
}

/**
 * Another stack that has the given Elastic IP: whose node it leads to, by the tag of the node's interface, or who made
 * it, also while it leads nowhere, by its own.
 */
async function holderOf({ vip }: AwsCluster, opts: pulumi.InvokeOptions): Promise<string | undefined> {
  if (vip.mode !== "elasticIp" || vip.allocation === undefined) return undefined;
  const { networkInterfaceId, tags } = await ec2.getElasticIp({ id: vip.allocation }, opts);
  const of = networkInterfaceId && (await ec2.getNetworkInterface({ id: networkInterfaceId }, opts));
  const stacks = [of ? of.tags[STACK_TAG] : undefined, tags?.[STACK_TAG]];
  return stacks.find((stack) => stack !== undefined && stack !== thisStack());
}

const noImage = "must name an image: Debian publishes none";

async function imageOf(
  { instances }: AwsCluster,
  { supportedArchitectures }: ec2.GetInstanceTypeResult,
  opts: pulumi.InvokeOptions,
): Promise<string> {
  if (instances.image) return instances.image;
  const architecture = supportedArchitectures.includes("arm64") ? "arm64" : "amd64";
  // Source: wiki.debian.org/Cloud/AmazonEC2Image, "SSM parameters".
  const parameter = await getParameter(
    { name: `/aws/service/debian/release/13/latest/${architecture}` },
    opts,
  );
  return parameter.value;
}

async function networkOf(
  cluster: AwsCluster,
  opts: pulumi.InvokeOptions,
): Promise<Pick<AwsFacts, "vpcCidr" | "subnets">> {
  const { network, nodes, vip } = cluster;
  if (network.vpc !== undefined) {
    const vpc = await ec2.getVpc({ id: network.vpc }, opts);
    const subnets = await Promise.all(nodes.map(({ subnet }) => takenSubnet(String(subnet), vpc, opts)));
    return { vpcCidr: vpc.cidrBlock, subnets: subnets as AwsFacts["subnets"] };
  }
  const vpcCidr = network.cidr ?? defaultVpcCidr;
  // Local Zones and the like are none: they must be opted in to, and cannot do all that a zone can.
  const filters = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
  const zones = network.zones ?? (await getAvailabilityZones({ state: "available", filters }, opts)).names;
  const [one = "", other = one] = zones;
  const first = { cidr: quarterOf(vpcCidr, 0), zone: one };
  const together = vip.mode === "secondaryPrivateIp" || one === other;
  return { vpcCidr, subnets: [first, together ? first : { cidr: quarterOf(vpcCidr, 1), zone: other }] };
}

async function takenSubnet(
  id: string,
  vpc: ec2.GetVpcResult,
  opts: pulumi.InvokeOptions,
): Promise<SubnetFacts> {
  const subnet = await ec2.getSubnet({ id }, opts);
  const filters = [{ name: "association.subnet-id", values: [id] }];
  const { ids } = await ec2.getRouteTables({ vpcId: subnet.vpcId, filters }, opts);
  const table = await ec2.getRouteTable({ routeTableId: ids[0] ?? vpc.mainRouteTableId }, opts);
  return {
    id,
    vpcId: subnet.vpcId,
    cidr: subnet.cidrBlock,
    zone: subnet.availabilityZone,
    routeTableId: table.routeTableId,
    routes: table.routes.map((route) => ({
      destination: route.cidrBlock,
      target: route.gatewayId || route.natGatewayId || route.networkInterfaceId || route.transitGatewayId,
    })),
  };
}

/** An invoke's error as one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").slice(0, 300);
}
