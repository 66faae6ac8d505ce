import { setTimeout as sleep } from "node:timers/promises";
import { log, reasonOf } from "./log";
import type { VipClaim } from "./vip/claim";

/** What the worker sees and does outside of itself. */
export interface Surroundings {
  claim: VipClaim;
  isMaster(): boolean;
  /** Writes down whether the VIP is verified to be this node's. */
  note(held: boolean): void;
  /** @default Date.now and setTimeout */
  now?(): number;
}

export interface Worker {
  /** Something happened: look again, now. */
  wake(why: string): void;
  /** Runs until it is told to end. */
  run(signal: AbortSignal): Promise<void>;
}

/** How often it looks when nothing happens: often enough to heal, and to keep the connection warm. */
const IDLE_MS = 20_000;
/** An answer that does not show the change yet: EC2 is eventually consistent. */
const VERIFY_MS = [0, 25, 50, 100, 200, 400, 800, 1600, 3000];
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5000;

/**
 * One thing at a time, and always by what is so now: MASTER takes the VIP unless it has it, everybody else only looks.
 * A failure is tried again for as long as the node is MASTER; nothing is ever given back.
 */
export function newWorker({ claim, isMaster, note, now = Date.now }: Surroundings): Worker {
  let reason: string | undefined = "start";
  let alarm = new AbortController();
  let held: boolean | undefined;
  let failures = 0;

  const found = (mine: boolean): void => {
    if (mine !== held) note(mine);
    held = mine;
  };

  async function reconcile(why: string): Promise<void> {
    const start = now();
    const mine = await claim.isMine();
    if (mine || !isMaster()) {
      found(mine && isMaster());
      return;
    }
    found(false);
    await claim.take();
    for (const delay of VERIFY_MS) {
      await sleep(delay);
      if (!isMaster()) return;
      if (await claim.isMine()) {
        found(true);
        log("took the VIP", { why, ms: now() - start });
        return;
      }
    }
    throw new Error(
      `EC2 does not show the VIP here ${VERIFY_MS.reduce((sum, one) => sum + one)} ms after it took the change`,
    );
  }

  return {
    wake(why) {
      reason = why;
      // What failed on a standby must not slow a failover.
      failures = 0;
      alarm.abort();
    },
    async run(signal) {
      while (!signal.aborted) {
        const why = reason ?? "check";
        reason = undefined;
        alarm = new AbortController();
        try {
          await reconcile(why);
          if (failures > 0) log("EC2 answers again", { failures });
          failures = 0;
        } catch (error) {
          failures++;
          // The first of a kind, then every tenth: a long outage must not fill the journal.
          if (failures === 1 || failures % 10 === 0)
            log("failed", { why, failures, master: `${isMaster()}`, reason: reasonOf(error) });
        }
        if (reason !== undefined) continue;
        await sleep(pause(failures, isMaster()), undefined, {
          signal: AbortSignal.any([signal, alarm.signal]),
        }).catch(() => {});
      }
    },
  };
}

/** Milliseconds until the next look: soon and with jitter after a failure of a MASTER, rarely otherwise. */
export function pause(failures: number, master: boolean, random = Math.random()): number {
  if (failures === 0 || !master) return IDLE_MS * (0.9 + 0.2 * random);
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + random);
}
