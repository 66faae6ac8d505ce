import { expect, it } from "vitest";
import { brokenFacts, brokenRegion } from "../../../components/aws/checks";
import type { AwsCluster } from "../../../config/cluster";
import { exampleAws } from "../../example";

type Found = Parameters<typeof brokenFacts>[1];

const subnet = (letter: "a" | "b") => ({
  id: `subnet-0123456789abcdef${letter === "a" ? 0 : 1}`,
  vpcId: "vpc-0123456789abcdef0",
  cidr: letter === "a" ? "10.20.1.0/24" : "10.20.2.0/24",
  zone: `eu-west-1${letter}`,
  routeTableId: "rtb-00000000000000001",
  routes: [{ destination: "0.0.0.0/0", target: "igw-1" }],
});

const found = (change: (found: Found) => void = () => {}): Found => {
  const all: Found = {
    stack: "nginx-ha/test",
    vpcCidr: "10.20.0.0/16",
    subnets: [subnet("a"), subnet("b")],
    type: { addresses: 4, architectures: ["x86_64"] },
  };
  change(all);
  return all;
};

const taken = (vip?: object): AwsCluster =>
  exampleAws((input) => {
    input.network.vpc = "vpc-0123456789abcdef0";
    input.nodes[0].subnet = subnet("a").id;
    input.nodes[1].subnet = vip ? subnet("a").id : subnet("b").id;
    if (vip) input.vip = vip;
  });

const withNat = (): AwsCluster => {
  const cluster = taken(overlay);
  return { ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, egress: "nat" as const })) };
};

const overlay = { mode: "overlayRoute", address: "10.99.0.10", routeTables: ["rtb-0123456789abcdef0"] };

it("is content with two public subnets in two zones", () => {
  expect(brokenFacts(taken(), found())).toEqual([]);
});

it.each<[string, AwsCluster, (found: Found) => void, string]>([
  [
    "an Elastic IP that another stack has",
    exampleAws((input) => {
      input.vip = { mode: "elasticIp", allocation: "eipalloc-0123456789abcdef0" };
    }),
    (f) => {
      f.allocatedTo = "nginx-ha/prod";
    },
    'vip.allocation: is the VIP of the stack nginx-ha/prod; take another address, or destroy that stack first; when it is gone, take the tag nginx-ha:stack off the address (is "eipalloc-0123456789abcdef0")',
  ],
  [
    "subnets in one zone",
    taken(),
    (f) => {
      f.subnets[1].zone = "eu-west-1a";
    },
    "nodes[1].subnet: must be in another zone than the first node's, and both are in eu-west-1a; choose another, or accept one zone with network.oneZone",
  ],
  [
    "a subnet of another VPC",
    taken(),
    (f) => {
      f.subnets[1].vpcId = "vpc-1";
    },
    'nodes[1].subnet: must be a subnet of network.vpc vpc-0123456789abcdef0, and is one of vpc-1 (is "subnet-0123456789abcdef1")',
  ],
  [
    "no NAT gateway where one is asked",
    withNat(),
    (f) => {
      f.subnets[1].routes = [{ destination: "0.0.0.0/0", target: "tgw-1" }];
      f.subnets[0].routes = [{ destination: "0.0.0.0/0", target: "nat-1" }];
    },
    'nodes[1].subnet: must lead to a NAT gateway because of nodes[1].egress nat, and its default route goes to tgw-1 (is "subnet-0123456789abcdef1")',
  ],
  [
    "a VPC without a way out",
    taken(),
    (f) => {
      f.subnets[0].routes = [];
    },
    'nodes[0].subnet: must have a way out, and its route table has no route for 0.0.0.0/0 (is "subnet-0123456789abcdef0")',
  ],
  [
    "an Elastic IP behind a NAT gateway",
    taken(),
    (f) => {
      f.subnets[0].routes = [{ destination: "0.0.0.0/0", target: "nat-1" }];
    },
    'nodes[0].subnet: must lead to an Internet gateway because of vip.mode elasticIp, and its default route goes to nat-1 (is "subnet-0123456789abcdef0")',
  ],
  [
    "an overlay address inside of the VPC",
    taken({ ...overlay, address: "10.20.9.9" }),
    () => {},
    'vip.address: must lie outside of the VPC\'s range 10.20.0.0/16, where no route of ours is taken (is "10.20.9.9")',
  ],
  [
    "the nodes' own route table",
    taken({ ...overlay, routeTables: ["rtb-00000000000000001"] }),
    () => {},
    "vip.routeTables[0]: must not be a table of the nodes' own subnets, which a node could then change as it likes; give the clients' subnets a table of their own, or set vip.acceptNodeTables (is \"rtb-00000000000000001\")",
  ],
  [
    "a private VIP outside of the subnet",
    taken({ mode: "secondaryPrivateIp", address: "10.20.9.9" }),
    () => {},
    'vip.address: must be a free address of the nodes\' subnet 10.20.1.0/24, not its first four or its last (is "10.20.9.9")',
  ],
  [
    "an instance type with too few addresses",
    taken(),
    (f) => {
      f.type.addresses = 1;
    },
    'instances.type: must allow 2 private addresses for each interface, and allows 1; take a larger one (is "t3.small")',
  ],
])("refuses %s", (_title, cluster, change, expected) => {
  expect(brokenFacts(cluster, found(change))).toContain(`nginx-ha:cluster.${expected}`);
});

it("takes the nodes' own route table when that is accepted, and one zone when that is", () => {
  const accepted = taken({ ...overlay, routeTables: ["rtb-00000000000000001"], acceptNodeTables: true });
  expect(brokenFacts({ ...accepted, network: { ...accepted.network, oneZone: true } }, found())).toEqual([]);
});

it("refuses a Region that does not exist, and one of the lab outside of it", () => {
  expect(brokenRegion("eu-west-1", {})).toEqual([]);
  expect(brokenRegion("lab-1", { AWS_ENDPOINT_URL: "https://198.19.1.2" })).toEqual([]);
  expect(brokenRegion(undefined, {})).toEqual([]);
  expect(brokenRegion("eu-wset-1", {})).toEqual([
    'aws:region: must be a Region of AWS, e.g. eu-west-1; a Region that is newer than this needs a newer @pulumi/aws (is "eu-wset-1")',
  ]);
  expect(brokenRegion("lab-1", {})).toEqual([
    'aws:region: must be a Region of AWS; those called lab-… exist in the lab alone, where npm run pulumi leads (is "lab-1")',
  ]);
});
