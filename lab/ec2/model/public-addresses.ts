import { addressesOf } from "./cidr";
import { refuse } from "./error";
import type { Address, NetworkInterface, Region } from "./state";

/** A public address that nobody has: elastic IPs and lent addresses come from the same range. */
export function freePublicIp(region: Region): string {
  const taken = new Set([
    ...Object.values(region.addresses).map(({ publicIp }) => publicIp),
    ...Object.values(region.interfaces).map(({ automaticPublicIp }) => automaticPublicIp),
  ]);
  // The range's first and last are never given out, and the first usable one is left to a router.
  const all = [...addressesOf(region.publicRange)].slice(2, -1);
  const free = all.find((address) => !taken.has(address));
  return free ?? refuse("InsufficientAddressCapacity", "There are no public addresses left in the Region.");
}

/** What the world calls a private address of an interface: the elastic IP or the lent address. */
export function publicSide(
  region: Region,
  of: NetworkInterface,
  privateIp: string,
): { publicIp: string; elastic?: Address } | undefined {
  const elastic = Object.values(region.addresses).find(
    ({ association }) => association?.networkInterfaceId === of.id && association.privateIp === privateIp,
  );
  if (elastic) return { publicIp: elastic.publicIp, elastic };
  const lent = privateIp === of.privateIps[0] ? of.automaticPublicIp : undefined;
  return lent ? { publicIp: lent } : undefined;
}
