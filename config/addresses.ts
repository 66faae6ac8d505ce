import ipaddr from "ipaddr.js";
import { z } from "zod";

/** One IPv4 address of a machine: no network, broadcast or loopback address. */
export const ipv4 = z.ipv4("must be an IPv4 address, e.g. 192.0.2.11");

/** An IPv4 address with the prefix length of its subnet. */
export const ipv4WithPrefix = z.cidrv4("must be an IPv4 address with its prefix length, e.g. 192.0.2.100/24");

/** An address or a DNS name. */
export const host = z.union([z.ipv4(), z.ipv6(), z.hostname()], "must be an IP address or a host name");

/** `192.0.2.100/24` → `192.0.2.100`. */
export const addressOf = (cidr: string): string => cidr.slice(0, cidr.indexOf("/"));

/** Whether `address` lies in the subnet that `cidr` (an address with its prefix length) names. */
export function inSubnet(address: string, cidr: string): boolean {
  const parsed = ipaddr.IPv4;
  return parsed.isValid(address) && parsed.parse(address).match(parsed.parseCIDR(cidr));
}

/** `192.0.2.100/24` → `192.0.2.0/24`. */
export function subnetOf(cidr: string): string {
  const prefix = cidr.slice(cidr.indexOf("/") + 1);
  return `${ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()}/${prefix}`;
}

/** Whether `address` is the subnet's own or its broadcast address, which no machine may have. */
export function reservedIn(address: string, cidr: string): boolean {
  const prefix = Number(cidr.slice(cidr.indexOf("/") + 1));
  if (prefix > 30) return false;
  const edges = [ipaddr.IPv4.networkAddressFromCIDR(cidr), ipaddr.IPv4.broadcastAddressFromCIDR(cidr)];
  return edges.some((edge) => edge.toString() === address);
}
