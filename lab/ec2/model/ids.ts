import { createHash } from "node:crypto";
import type { Region } from "./state";

/** A new id with EC2's shape: a prefix and seventeen hexadecimal digits. */
export function newId(region: Region, prefix: string): string {
  return `${prefix}-${digest(region, prefix).slice(0, 17)}`;
}

/** A new locally administered MAC address. */
export function newMac(region: Region): string {
  return ["02", ...(digest(region, "mac").slice(0, 10).match(/../g) ?? [])].join(":");
}

/** A new IAM unique id, such as AROA… of a role. */
export function newIamId(region: Region, prefix: "AROA" | "AIPA"): string {
  const letters = [...Buffer.from(digest(region, prefix), "hex")].map((byte) => ALPHABET[byte % 32]);
  return `${prefix}${letters.slice(0, 17).join("")}`;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function digest(region: Region, what: string): string {
  region.sequence += 1;
  return createHash("sha256").update(`${region.seed} ${region.sequence} ${what}`).digest("hex");
}
