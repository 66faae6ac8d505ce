import { readFileSync } from "node:fs";
import type { SyncSettings } from "../../node/sync/settings";

/**
 * Reads `sync.json`, which `pulumi up` wrote.
 * @throws Error with one sentence that says what is wrong with it
 */
export function readSyncSettings(path: string): SyncSettings {
  let settings: SyncSettings;
  try {
    settings = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be read (${reason}); run pulumi up again`);
  }
  for (const key of ["node", "peer", "anchor", "healthName", "bootWait", "interval"] as const)
    if (!settings[key]) throw new Error(`${path}: ${key} is missing; run pulumi up again`);
  return settings;
}
