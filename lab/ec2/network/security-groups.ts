import { cableName } from "./names";
import { chain, map, set } from "./nft-text";
import type { Rule, SecurityGroup, VpcNetwork } from "./vpc";

type Direction = "ingress" | "egress";

/** A packet that the sender's egress rules allow goes on to the receiver's ingress rules; those have the last word. */
const ALLOW: Record<Direction, string> = { egress: "goto ingress", ingress: "accept" };

/** Sets, maps and chains of the security groups, each before what refers to it. */
export function securityGroups(network: VpcNetwork): string[] {
  const cables = (direction: Direction) =>
    network.interfaces.map(({ id }) => `"${cableName(id)}" : goto ${cableName(id)}_${direction}`);
  return [
    ...network.securityGroups.map((group) => members(network, group)),
    ...network.securityGroups.map((group) => groupChain(group, "ingress")),
    ...interfaceChains(network, "ingress"),
    map("ingress_of", "ifname : verdict", cables("ingress")),
    chain("ingress", ['oifname "internet" accept', "oifname vmap @ingress_of", "drop"]),
    ...network.securityGroups.map((group) => groupChain(group, "egress")),
    ...interfaceChains(network, "egress"),
    map("egress_of", "ifname : verdict", cables("egress")),
  ];
}

/** Another group in a rule stands for the private addresses of its interfaces. */
function members(network: VpcNetwork, group: SecurityGroup): string {
  const interfaces = network.interfaces.filter(({ groups }) => groups.includes(group.id));
  return set(
    `${group.id}_members`,
    "ipv4_addr",
    interfaces.flatMap(({ privateIps }) => privateIps),
  );
}

function groupChain(group: SecurityGroup, direction: Direction): string {
  return chain(
    `${group.id}_${direction}`,
    group[direction].map((rule) => ruleText(rule, direction)),
  );
}

function interfaceChains(network: VpcNetwork, direction: Direction): string[] {
  return network.interfaces.map(({ id, groups }) =>
    chain(`${cableName(id)}_${direction}`, [...groups.map((group) => `jump ${group}_${direction}`), "drop"]),
  );
}

/** One rule of a group as nftables has it. */
export function ruleText(rule: Rule, direction: Direction): string {
  return [...peer(rule, direction), ...protocol(rule), ALLOW[direction]].join(" ");
}

function peer(rule: Rule, direction: Direction): string[] {
  const side = direction === "ingress" ? "ip saddr" : "ip daddr";
  if (typeof rule.peer === "object") return [`${side} @${rule.peer.group}_members`];
  return rule.peer.endsWith("/0") ? [] : [`${side} ${rule.peer}`];
}

function protocol({ protocol: number, ports }: Rule): string[] {
  if (number === -1) return [];
  const [from, to] = ports ?? [-1, -1];
  if (number === 1) return icmp(from, to);
  const name = { 6: "tcp", 17: "udp" }[number];
  if (name === undefined || !ports || from === -1) return [`ip protocol ${number}`];
  return [`${name} dport ${from === to ? from : `${from}-${to}`}`];
}

function icmp(type: number, code: number): string[] {
  if (type === -1) return ["ip protocol 1"];
  return [`icmp type ${type}`, ...(code === -1 ? [] : [`icmp code ${code}`])];
}
