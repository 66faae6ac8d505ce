import { readFileSync } from "node:fs";

/** A value that changes whenever this machine boots. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
