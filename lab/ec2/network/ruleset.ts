import { edgeNat, fromInternet, toInternet } from "./edge";
import { answersToMachines, questionsFromMachines, servicePorts } from "./metadata";
import { cableName, NAME_SERVER_MARK, subnetTable } from "./names";
import { baseChain, chain, map, reject, set } from "./nft-text";
import type { Delivery } from "./routes";
import { securityGroups } from "./security-groups";
import { nameServers, type VpcNetwork } from "./vpc";

/**
 * All of the router's nftables: sets and chains of one table, replaced in one transaction.
 * @param before where addresses still lead, which the routes of this network will change
 */
export function nftRuleset(network: VpcNetwork, before: readonly Delivery[] = []): string {
  return [
    ...interfaceSets(network, before),
    ...addressMaps(network),
    ...securityGroups(network),
    chain("from_internet", fromInternet(network)),
    chain("from_machine", fromMachine(network)),
    chain("to_internet", toInternet()),
    chain("to_machine", toMachine(network)),
    baseChain("arriving", "filter", "prerouting", "raw", [
      'iifname "internet" goto from_internet',
      'iifname "eni-*" goto from_machine',
    ]),
    baseChain("passing", "filter", "forward", "filter", passing(network)),
    baseChain("entering", "filter", "input", "filter", entering(network)),
    baseChain("leaving", "filter", "postrouting", "300", [
      'oifname "internet" goto to_internet',
      'oifname "eni-*" goto to_machine',
    ]),
    ...edgeNat(network),
  ].join("\n");
}

/** Whose cable it is, and what it may carry. */
function interfaceSets({ interfaces, lostZones }: VpcNetwork, before: readonly Delivery[]): string[] {
  const cables = (some: typeof interfaces) => some.map(({ id }) => `"${cableName(id)}"`);
  const pairs = (some: readonly Delivery[]) => some.map(({ cable, address }) => `"${cable}" . ${address}`);
  const owned = interfaces.flatMap(({ id, privateIps }) =>
    privateIps.map((address) => ({ cable: cableName(id), address })),
  );
  return [
    set("owned", "ifname . ipv4_addr", pairs(owned)),
    set("delivered", "ifname . ipv4_addr", [...new Set(pairs([...owned, ...before]))]),
    set("unchecked", "ifname", cables(interfaces.filter((one) => !one.sourceDestCheck))),
    set("lost", "ifname", cables(interfaces.filter(({ zone }) => lostZones.includes(zone)))),
    map(
      "subnet_of",
      "ifname : mark",
      interfaces.map(({ id, subnet }) => `"${cableName(id)}" : ${subnetTable(subnet)}`),
    ),
  ];
}

function addressMaps({ elasticIps, internetClients, publicRange }: VpcNetwork): string[] {
  return [
    map(
      "elastic_in",
      "ipv4_addr : ipv4_addr",
      elasticIps.map((ip) => `${ip.publicIp} : ${ip.privateIp}`),
    ),
    map(
      "elastic_out",
      "ipv4_addr : ipv4_addr",
      elasticIps.map((ip) => `${ip.privateIp} : ${ip.publicIp}`),
    ),
    set("public_range", "ipv4_addr", [publicRange], "interval"),
    set("public_owned", "ipv4_addr", [
      ...elasticIps.map(({ publicIp }) => publicIp),
      ...internetClients.map(({ address }) => address),
    ]),
  ];
}

/** A machine's packet: its own source only, the mark of its subnet's route table, nothing link-local but services. */
function fromMachine(network: VpcNetwork): string[] {
  return [
    "iifname @lost drop",
    "ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept",
    "iifname . ip saddr != @owned iifname != @unchecked drop",
    ...questionsFromMachines(network),
    ...toNameServer(network),
    "ip daddr 169.254.0.0/16 drop",
    "meta mark set iifname map @subnet_of accept",
    "drop",
  ];
}

/** Security groups have no say about the name server, as on EC2. */
function toNameServer(network: VpcNetwork): string[] {
  if (network.nameServer === undefined) return [];
  const servers = nameServers(network).join(", ");
  const mark = `meta mark set ${NAME_SERVER_MARK} accept`;
  return [`ip daddr { ${servers} } udp dport 53 ${mark}`, `ip daddr { ${servers} } tcp dport 53 ${mark}`];
}

/** The router takes one from the TTL, a VPC does not: VRRP's 255 must arrive as 255. */
function toMachine(network: VpcNetwork): string[] {
  return [
    "oifname @lost drop",
    ...answersToMachines(network),
    'iifname "eni-*" ip ttl 254 ip ttl set 255',
    "accept",
  ];
}

function passing(network: VpcNetwork): string[] {
  return [
    'oifname "eni-*" oifname . ip daddr != @delivered oifname != @unchecked drop',
    ...reject('oifname "internet" ip daddr @public_range ip daddr != @public_owned'),
    "ct state established,related accept",
    ...(network.nameServer === undefined ? [] : [`meta mark ${NAME_SERVER_MARK} accept`]),
    'iifname "internet" goto ingress',
    "iifname vmap @egress_of",
    "drop",
  ];
}

/** What the router itself serves: metadata, and DHCP for whoever listens there. */
function entering(network: VpcNetwork): string[] {
  return ['iifname "lo" accept', 'iifname "eni-*" udp dport 67 accept', ...servicePorts(network), "drop"];
}
