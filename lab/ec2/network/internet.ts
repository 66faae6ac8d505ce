import { NEVER_UPLINKED } from "../../network/addresses";
import { ip, ipRows, namespaces, setSysctls, tryIp } from "../../network/ip";
import { replaceTable } from "../../network/nft";
import { UPLINK } from "../../network/segment";
import { createUplink } from "../../network/uplink";
import { clientNamespace, EDGE, EDGE_LINK, VPC, vpcNames } from "./names";
import { baseChain, reject } from "./nft-text";
import { FORWARDS } from "./sysctls";
import type { InternetClient, VpcNetwork } from "./vpc";

/** Two of the ranges for documentation, which stand for the Internet where there is no way to the real one. */
const DOCUMENTATION = ["198.51.100.0/24", "203.0.113.0/24"];

/** Builds what is beyond the Internet gateway, with the way back for the VPC's public addresses. */
export async function createInternet(network: VpcNetwork): Promise<void> {
  const { router, internet } = vpcNames(network.id);
  await ip(undefined, [["netns", "add", internet]]);
  await setSysctls(internet, FORWARDS);
  await ip(internet, [
    ["link", "set", "lo", "up"],
    ["link", "add", VPC, "type", "veth", "peer", "name", EDGE, "netns", router],
    ["addr", "add", `${EDGE_LINK.internet}/${EDGE_LINK.prefixLength}`, "dev", VPC],
    ["link", "set", VPC, "up"],
  ]);
  await ip(router, [
    ["addr", "add", `${EDGE_LINK.router}/${EDGE_LINK.prefixLength}`, "dev", EDGE],
    ["link", "set", EDGE, "up"],
  ]);
  await ip(internet, [
    ["route", "add", network.publicRange, "via", EDGE_LINK.router],
    ...unownedRanges(network).map((range) => ["route", "add", "unreachable", range]),
  ]);
  await replaceTable({ namespace: internet, family: "ip", name: "internet" }, internetChains(network));
  if (network.uplink) {
    const subnet = { cidr: network.publicRange, hostLink: network.uplink };
    await createUplink({ id: network.id, subnet }, internet);
  }
}

/** Gives every client its namespace, and takes it from those that are no more. */
export async function changeClients(network: VpcNetwork): Promise<void> {
  const { internet } = vpcNames(network.id);
  const rows = (await ipRows(internet, ["link", "show", "type", "veth"])) as { ifname: string }[];
  const there = rows.map((row) => row.ifname).filter((name) => name !== VPC && name !== UPLINK);
  const wanted = new Set(network.internetClients.map(({ name }) => name));
  for (const name of there.filter((one) => !wanted.has(one))) {
    await tryIp(internet, ["link", "delete", "dev", name]);
    await tryIp(undefined, ["netns", "delete", clientNamespace(network.id, name)]);
  }
  const added = network.internetClients.filter(({ name }) => !there.includes(name));
  for (const client of added) await addClient(network.id, client);
}

/** The chains beyond the gateway: only the VPC goes up the uplink, and the lab's own flows leave no trace here. */
export function internetChains(network: VpcNetwork): string {
  const lab = `{ ${[...new Set([network.publicRange, ...pretended(network)])].join(", ")} }`;
  return [
    baseChain("arriving", "filter", "prerouting", "raw", [
      `ip saddr ${lab} ip daddr ${lab} notrack`,
      ...reject("fib daddr type != local fib daddr oif missing"),
    ]),
    baseChain("passing", "filter", "forward", "filter", reject(`oifname "${UPLINK}" iifname != "${VPC}"`)),
    baseChain("leaving", "nat", "postrouting", "srcnat", [`oifname "${UPLINK}" masquerade`]),
  ].join("\n");
}

async function addClient(id: string, { name, address }: InternetClient): Promise<void> {
  const { internet } = vpcNames(id);
  const namespace = clientNamespace(id, name);
  if (!(await namespaces(namespace)).includes(namespace)) await ip(undefined, [["netns", "add", namespace]]);
  await ip(internet, [
    ["link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", namespace],
    ["link", "set", name, "up"],
    ["route", "add", address, "dev", name],
  ]);
  await ip(namespace, [
    ["link", "set", "lo", "up"],
    ["addr", "add", `${address}/32`, "dev", "eth0"],
    ["link", "set", "eth0", "up"],
    ["route", "add", "default", "via", EDGE_LINK.internet, "dev", "eth0", "onlink"],
  ]);
}

function unownedRanges(network: VpcNetwork): string[] {
  return [...NEVER_UPLINKED, ...pretended(network)].filter((range) => range !== network.publicRange);
}

const pretended = ({ uplink }: VpcNetwork): string[] => (uplink ? [] : DOCUMENTATION);
