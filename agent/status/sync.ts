import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import type { SyncStatus } from "../sync/status";

/** The synchronisation tells of itself every ten seconds; on a machine that is busy, later. */
const FRESH_S = 60;

/**
 * What the node's synchronisation says of itself; nothing when it does not run, or has said nothing for a minute.
 * @param now seconds since the machine's start
 */
export function readSync(path: string, now = uptime()): SyncStatus | undefined {
  try {
    const status = JSON.parse(readFileSync(path, "utf8")) as SyncStatus;
    return now - status.told > FRESH_S ? undefined : status;
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
    "the synchronisation does not run, or hangs: changes do not reach the other node (see: journalctl -u nginx-ha-sync; run: systemctl restart nginx-ha-sync)",
} as const;
