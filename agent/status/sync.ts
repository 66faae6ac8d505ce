import { readFileSync } from "node:fs";
import type { SyncStatus } from "../sync/status";

/** What the node's synchronisation says of itself; nothing when it does not run. */
export function readSync(path: string): SyncStatus | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The alarms of the synchronisation; that it does not run is one. */
export const syncAlarms = (sync: SyncStatus | undefined): SyncStatus["alarms"] | [typeof ABSENT] =>
  sync?.alarms ?? [ABSENT];

const ABSENT = {
  kind: "sync",
  reason:
    "the synchronisation does not run: changes do not reach the other node (see: journalctl -u nginx-ha-sync)",
} as const;
