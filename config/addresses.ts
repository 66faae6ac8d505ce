import ipaddr from "ipaddr.js";
import { z } from "zod";

/** One IPv4 address of a machine: no network, broadcast or loopback address. */
export const ipv4 = z.ipv4("must be an IPv4 address, e.g. 192.0.2.11");

/** An IPv4 address with the prefix length of its subnet. */
export const ipv4WithPrefix = z.cidrv4("must be an IPv4 address with its prefix length, e.g. 192.0.2.100/24");

/** One IPv6 address of a machine; whether other networks may know it is a rule of its own. */
export const ipv6 = z.ipv6("must be an IPv6 address, e.g. 2001:db8::11");

/** An IPv6 address with the prefix length of its subnet. */
export const ipv6WithPrefix = z.cidrv6(
  "must be an IPv6 address with its prefix length, e.g. 2001:db8::100/64",
);

/** A range of IPv4 addresses. */
export const cidr = z.cidrv4("must be a range of IPv4 addresses, e.g. 192.0.2.0/24");

/** An address or a DNS name. */
export const host = z.union([z.ipv4(), z.ipv6(), z.hostname()], "must be an IP address or a host name");

/** `192.0.2.100/24` → `192.0.2.100`. */
export const addressOf = (cidr: string): string => cidr.slice(0, cidr.indexOf("/"));

/** Whether `address` lies in the subnet that `cidr` (an address with its prefix length) names; of one family. */
export function inSubnet(address: string, cidr: string): boolean {
  const { IPv4, IPv6 } = ipaddr;
  if (cidr.includes(":")) return IPv6.isValid(address) && IPv6.parse(address).match(IPv6.parseCIDR(cidr));
  return IPv4.isValid(address) && IPv4.parse(address).match(IPv4.parseCIDR(cidr));
}

/**
 * Whether other networks may know the address: global (RFC 4291, 2000::/3, of which 2001:db8::/32 is for documentation) or
 * unique local (RFC 4193).
 */
export const routable6 = (address: string): boolean =>
  ["2000::/3", "fc00::/7"].some((range) => inSubnet(address, range));

/** `2001:db8::100/64` → `2001:db8::`; nothing where a subnet has no address of its own (RFC 6164, 127 bits and more). */
export const subnet6Of = (cidr: string): string | undefined =>
  prefixLengthOf(cidr) > 126 ? undefined : ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String();

/** An IPv6 address, which may be written in many ways, in the kernel's; anything else as it is. */
export const canonical = <T>(address: T): T | string =>
  typeof address === "string" && ipaddr.IPv6.isValid(address)
    ? ipaddr.IPv6.parse(address).toRFC5952String()
    : address;

/** `192.0.2.100/24` → `192.0.2.0/24`. */
export function subnetOf(cidr: string): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()}/${prefixLengthOf(cidr)}`;
}

/** Whether `address` is the subnet's own or its broadcast address, which no machine may have. */
export function reservedIn(address: string, cidr: string): boolean {
  if (prefixLengthOf(cidr) > 30) return false;
  const edges = [ipaddr.IPv4.networkAddressFromCIDR(cidr), ipaddr.IPv4.broadcastAddressFromCIDR(cidr)];
  return edges.some((edge) => edge.toString() === address);
}

/** `192.0.2.0/24` → 24. */
export const prefixLengthOf = (cidr: string): number => Number(cidr.slice(cidr.indexOf("/") + 1));

/** One of the four equal parts of a range: `quarterOf("10.77.0.0/16", 1)` → `10.77.64.0/18`. */
export function quarterOf(cidr: string, index: number): string {
  const prefix = prefixLengthOf(cidr) + 2;
  const bytes = ipaddr.IPv4.networkAddressFromCIDR(cidr).toByteArray();
  const start = bytes.reduce((sum, byte) => sum * 256 + byte, 0) + index * 2 ** (32 - prefix);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${prefix}`;
}
