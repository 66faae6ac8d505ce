import ipaddr from "ipaddr.js";

/** An IPv4 range as numbers. */
interface Range {
  first: number;
  size: number;
  prefix: number;
}

/** The range that a CIDR block names, with its host bits cleared; nothing when it is not one. */
export function range(cidr: string): Range | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) return undefined;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - prefix);
  const number = toNumber(address.toString());
  return { first: number - (number % size), size, prefix };
}

/** The CIDR block with its host bits cleared, which is how EC2 stores it. */
export function canonical(cidr: string): string | undefined {
  const found = range(cidr);
  return found && `${toText(found.first)}/${found.prefix}`;
}

/** Whether all of `inner` lies in `outer`. */
export function contains(outer: string, inner: string): boolean {
  const [o, i] = [range(outer), range(inner)];
  return !!o && !!i && i.first >= o.first && i.first + i.size <= o.first + o.size;
}

export function overlaps(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/**
 * Whether AWS keeps this address of a subnet for itself: the network, the router, DNS, one for the future,
 * and the broadcast address (VPC User Guide, "Subnet CIDR blocks").
 */
export function reserved(subnet: string, address: string): boolean {
  const found = range(subnet);
  if (!found) return true;
  const offset = toNumber(address) - found.first;
  return offset < 4 || offset === found.size - 1;
}

/** All addresses of a range, in order. */
export function* addressesOf(cidr: string): Generator<string> {
  const found = range(cidr);
  if (!found) return;
  for (let offset = 0; offset < found.size; offset++) yield toText(found.first + offset);
}

/** How many addresses of a subnet can be used. */
export function usable(cidr: string): number {
  return (range(cidr)?.size ?? 5) - 5;
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number / 2 ** shift) & 255).join(".");
}
