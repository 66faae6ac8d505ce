import { cidr, inSubnet, ipv4, prefixLengthOf, quarterOf } from "../addresses";
import { defaultVpcCidr } from "../aws";
import { acme } from "../nginx/acme";
import { answeringFor } from "../nginx/answering";
import { TUNNEL_PORT } from "../tunnel";
import { listenersOf } from "./nginx/ports";
import { policyRules } from "./policy";
import { items, type LooseAws, type Problem } from "./problem";

/** The rules across keys of platform `aws`; what only the account knows is looked up later (components/aws/facts.ts). */
export function* awsRules(cluster: LooseAws): Generator<Problem> {
  yield* networkRules(cluster);
  yield* zoneRules(cluster);
  yield* vipRules(cluster);
  yield* poolRules(cluster);
  yield* dnsRules(cluster);
  yield* acmeRules(cluster);
  yield* tunnelRules(cluster);
  yield* policyRules(cluster);
}

function* networkRules({ network, nodes, vip }: LooseAws): Generator<Problem> {
  const vpc = network?.vpc;
  for (const key of vpc === undefined ? [] : (["cidr", "zones"] as const)) {
    const value = network?.[key];
    if (value !== undefined)
      yield {
        path: ["network", key],
        value,
        message: "is for a VPC that is made; leave it out, or network.vpc",
      };
  }
  for (const [index, node] of items(nodes).entries()) {
    const path = ["nodes", index, "subnet"];
    const value = node?.subnet;
    if (vpc !== undefined && value === undefined)
      yield { path, value, message: "is required with network.vpc: a subnet of that VPC" };
    if (vpc === undefined && value !== undefined)
      yield { path, value, message: "needs network.vpc, the VPC of that subnet" };
  }
  yield* natRules(nodes, vpc, vip?.mode);
  const range = network?.cidr;
  if (
    cidr.safeParse(range).success &&
    (prefixLengthOf(range as string) < 16 || prefixLengthOf(range as string) > 26)
  )
    yield { path: ["network", "cidr"], value: range, message: "must have a prefix length from 16 to 26" };
}

/** An Elastic IP is answered through the Internet gateway only: one subnet cannot have both ways out. */
function* natRules(nodes: LooseAws["nodes"], vpc: unknown, mode: unknown): Generator<Problem> {
  for (const [index, node] of items(nodes).entries()) {
    if (node?.egress !== "nat") continue;
    const path = ["nodes", index, "egress"];
    if (mode === undefined || mode === "elasticIp")
      yield {
        path,
        value: "nat",
        message:
          "cannot go together with vip.mode elasticIp, whose answers leave by the Internet gateway; take elasticIp, or another mode",
      };
    if (vpc === undefined)
      yield {
        path,
        value: "nat",
        message:
          "needs network.vpc: behind a NAT gateway nodes are reached by a bastion or a VPN, which must be there first",
      };
  }
}

/** Two zones, unless the mode or the user says one; what a taken subnet's zone is, is looked up later. */
function* zoneRules({ network, nodes, vip }: LooseAws): Generator<Problem> {
  const zones = items(network?.zones);
  const path = ["network", "zones"];
  if (vip?.mode === "secondaryPrivateIp") {
    const [first, second] = items(nodes).map((node) => node?.subnet);
    if (zones.length > 1)
      yield {
        path,
        value: zones,
        message: "must be one zone: mode secondaryPrivateIp works inside of one subnet",
      };
    if (first !== undefined && second !== undefined && first !== second)
      yield {
        path: ["nodes", 1, "subnet"],
        value: second,
        message: `must be ${first}, as nodes[0] has: mode secondaryPrivateIp works inside of one subnet; across subnets take elasticIp or overlayRoute`,
      };
  } else if (network?.oneZone !== true && network?.zones !== undefined && new Set(zones).size < 2) {
    yield { path, value: zones, message: "must be two zones; for a pair in one zone set network.oneZone" };
  }
}

function* vipRules({ vip, network }: LooseAws): Generator<Problem> {
  const path = ["vip", "address"];
  const value = vip?.address;
  if (vip?.mode === "overlayRoute" && network?.vpc === undefined)
    yield {
      path: ["vip", "mode"],
      value: vip.mode,
      message: "needs network.vpc, whose clients' route tables are vip.routeTables",
    };
  const range = network?.cidr ?? defaultVpcCidr;
  if (vip?.mode !== "secondaryPrivateIp" || network?.vpc !== undefined) return;
  if (!ipv4.safeParse(value).success || !cidr.safeParse(range).success) return;
  const subnet = quarterOf(range, 0);
  if (!inSubnet(String(value), subnet) || reservedByEc2(String(value), subnet))
    yield {
      path,
      value,
      message: `must be a free address of the nodes' subnet ${subnet}, not its first four or its last`,
    };
}

/** Let's Encrypt asks from the Internet, and from where it does not say; an authority of your own may be anywhere. */
function* acmeRules({ access, nginx, vip }: LooseAws): Generator<Problem> {
  const asks = items(nginx?.certificates).some((certificate) => certificate?.from === "acme");
  const directory = nginx?.acme?.directory ?? acme.shape.directory.parse(undefined);
  if (!asks || !isLetsEncrypt(directory)) return;
  if (vip?.mode !== undefined && vip.mode !== "elasticIp") {
    const message =
      "needs vip.mode elasticIp: Let's Encrypt reaches no private address; take another authority";
    yield { path: ["nginx", "acme", "directory"], value: directory, message };
  }
  const ranges = access?.httpFrom;
  if (ranges === undefined || items(ranges).includes("0.0.0.0/0")) return;
  const message =
    "must include 0.0.0.0/0 with a certificate from Let's Encrypt, which asks from many addresses";
  yield { path: ["access", "httpFrom"], value: ranges, message };
}

/** Its directory for production and that for tests, whose host is acme-staging-v02. */
const isLetsEncrypt = (directory: unknown): boolean =>
  /^https:\/\/([^/:]+\.)?letsencrypt\.org\.?([/:]|$)/i.test(String(directory));

/** Route 53 asks from the Internet, from everywhere, for `/`: what it cannot be answered it holds for unhealthy. */
function* dnsRules({ access, dns, nginx, vip }: LooseAws): Generator<Problem> {
  if (dns?.spread === undefined) return;
  if (vip?.mode !== undefined && vip.mode !== "elasticIp") {
    const message = "needs vip.mode elasticIp: the health checks of Route 53 reach no private address";
    yield { path: ["dns", "spread"], value: dns.spread, message };
  }
  const ranges = access?.httpFrom;
  if (ranges !== undefined && !items(ranges).includes("0.0.0.0/0")) {
    const message =
      "must include 0.0.0.0/0 with dns.spread: the health checks of Route 53 come from many addresses";
    yield { path: ["access", "httpFrom"], value: ranges, message };
  }
  if (typeof dns.name === "string") yield* askedRules(dns.name, nginx);
}

/** The health checks ask for `/` under the name: a site, or the routes of all other names, must have it. */
function* askedRules(name: string, nginx: LooseAws["nginx"]): Generator<Problem> {
  const [routes, sites] = [nginx?.routes && items(nginx.routes), items(nginx?.sites)];
  if (routes === undefined && sites.length === 0) return;
  const found = answeringFor(name, { routes, sites });
  const why = "with dns.spread: it is what the health checks of Route 53 ask for";
  if (found === undefined)
    yield { path: ["nginx", "sites"], value: sites, message: `must have one with the name ${name} ${why}` };
  else if (!found.routes.some((route) => route?.path === "/" && !String(route.match).startsWith("regex")))
    yield { path: found.path, value: found.routes, message: `must have one for / ${why}` };
}

/** The tunnel of a planned move has its port on every address. */
function* tunnelRules({ drain, nginx }: LooseAws): Generator<Problem> {
  if (drain?.seconds === 0) return;
  const message = "is that of the tunnel between the nodes; take another one, or drain.seconds 0";
  for (const { port, path } of listenersOf(nginx ?? {}).udp)
    if (port === TUNNEL_PORT) yield { path, value: port, message };
}

function* poolRules({ nginx }: LooseAws): Generator<Problem> {
  for (const [index, pool] of items(nginx?.pools).entries()) {
    const given = [pool?.servers, pool?.instances].filter((value) => value !== undefined).length;
    const path = ["nginx", "pools", index, "servers"];
    if (pool && given === 0) yield { path, value: undefined, message: "is required, or instances" };
    if (given > 1) yield { path, value: pool?.servers, message: "cannot go together with instances" };
  }
}

/** The first four addresses of a subnet and its last are EC2's own (VPC User Guide, "Subnet CIDR blocks"). */
export function reservedByEc2(address: string, subnet: string): boolean {
  const number = (text: string): number => text.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const [base = ""] = subnet.split("/");
  const offset = number(address) - number(base);
  return offset < 4 || offset === 2 ** (32 - prefixLengthOf(subnet)) - 1;
}
