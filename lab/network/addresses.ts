import { createHash } from "node:crypto";

/** The addresses of one lab. */
export interface Subnet {
  /** The first three numbers of every machine's address. */
  prefix: string;
  prefixLength: number;
  cidr: string;
  gateway: string;
  /** Kept free for the pair's VIP. */
  vip: string;
  /** The same by IPv6, where nothing leads out of the lab: the start of every machine's address. */
  prefix6: string;
  /** Kept free for the IPv6 address of the VIP. */
  vip6: string;
  /** The link between the host and the lab's gateway. */
  hostLink: { cidr: string; host: string; lab: string; prefixLength: number };
}

/** Slots are 0 to this. */
export const MAXIMUM_SLOT = 249;

/** Of the machines' IPv6 addresses. */
export const PREFIX_LENGTH6 = 64;

/** RFC 2544's range for bench tests: all labs live in it, and it is rejected wherever no lab owns it. */
export const LAB_RANGE = "198.18.0.0/15";

/** Never sent up the uplink: what belongs to some lab or to none, and link-local addresses. */
export const NEVER_UPLINKED: readonly string[] = [LAB_RANGE, "169.254.0.0/16"];

/** The addresses of the lab in this slot. */
export function subnetOf(slot: number): Subnet {
  if (!Number.isInteger(slot) || slot < 0 || slot > MAXIMUM_SLOT) throw new RangeError(`no lab slot ${slot}`);
  const prefix = `198.18.${slot}`;
  const link = `198.19.${slot}`;
  // RFC 3849's range for documentation; the slot's decimal digits are one of its numbers.
  const prefix6 = `2001:db8:${slot}::`;
  return {
    prefix,
    prefixLength: 24,
    cidr: `${prefix}.0/24`,
    gateway: `${prefix}.1`,
    vip: `${prefix}.10`,
    prefix6,
    vip6: `${prefix6}10`,
    hostLink: { cidr: `${link}.0/30`, host: `${link}.1`, lab: `${link}.2`, prefixLength: 30 },
  };
}

/** A locally administered MAC address: stable for a machine, another one for the machine that replaces it. */
export function macAddress(id: string, machine: string, incarnation: number): string {
  const digest = createHash("sha256").update(`${id} ${machine} ${incarnation}`).digest();
  return ["02", ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}
