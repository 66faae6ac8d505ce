import type { SyncSettings } from "../../node/sync/settings";
import { readJsonSettings } from "../json-settings";

/**
 * Reads `sync.json`, which `pulumi up` wrote.
 * @throws Error with one sentence that says what is wrong with it
 */
export const readSyncSettings = (path: string): SyncSettings =>
  readJsonSettings(path, ["node", "peer", "anchor", "healthName", "bootWait", "interval"]);
