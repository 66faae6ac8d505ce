import ipaddr from "ipaddr.js";
import { EDGE_LINK, NAME_SERVER_MARK, subnetTable } from "./names";
import { baseChain, reject } from "./nft-text";
import { localRanges, natAddresses, type Route, type VpcNetwork } from "./vpc";

/** From outside nobody speaks as a private address or to one, except to what an Elastic IP stands for. */
export function fromInternet(network: VpcNetwork): string[] {
  const ranges = localRanges(network);
  const either = ranges.length === 0 ? [] : [`{ ${ranges.join(", ")} }`];
  return [
    ...either.map((some) => `ip saddr ${some} drop`),
    ...either.map((some) => `ip daddr ${some} drop`),
    "ip daddr set ip daddr map @elastic_in accept",
    `ip daddr ${EDGE_LINK.router} accept`,
    ...natAddresses(network).map((address) => `ip daddr ${address} accept`),
    ...reject(""),
  ];
}

/** Out goes what has an Elastic IP, what a NAT has translated, and the router's own answers. */
export function toInternet(): string[] {
  return [
    "iifname @lost drop",
    "ip saddr set ip saddr map @elastic_out accept",
    "ct status snat accept",
    'iifname != "eni-*" accept',
    "drop",
  ];
}

/** The stateful chains, only where a route has a NAT or machines may ask for names. */
export function edgeNat(network: VpcNetwork): string[] {
  const sources = sourceNat(network);
  const server = network.nameServer;
  const chains: string[] = [];
  if (server !== undefined) {
    const rule = `meta mark ${NAME_SERVER_MARK} dnat to ${server}`;
    chains.push(baseChain("nat_in", "nat", "prerouting", "dstnat", [rule]));
    sources.push(`meta mark ${NAME_SERVER_MARK} snat to ${EDGE_LINK.router}`);
  }
  if (sources.length > 0) chains.push(baseChain("nat_out", "nat", "postrouting", "srcnat", sources));
  return chains;
}

/** Per subnet the routes that lead outside, the longest prefix first. */
function sourceNat(network: VpcNetwork): string[] {
  if (natAddresses(network).length === 0) return [];
  return network.subnets.flatMap(({ cidr, routes }) =>
    routes
      .filter(leadsOutside)
      .toSorted((one, other) => prefixLength(other) - prefixLength(one))
      .map(
        (route) => `oifname "internet" meta mark ${subnetTable(cidr)} ${destination(route)}${verdict(route)}`,
      ),
  );
}

function leadsOutside({ target }: Route): boolean {
  return target === "internet" || (typeof target === "object" && "nat" in target);
}

function verdict({ target }: Route): string {
  return typeof target === "object" && "nat" in target ? `snat to ${target.nat}` : "return";
}

function destination(route: Route): string {
  return prefixLength(route) === 0 ? "" : `ip daddr ${route.destination} `;
}

function prefixLength({ destination: cidr }: Route): number {
  return ipaddr.IPv4.parseCIDR(cidr)[1];
}
