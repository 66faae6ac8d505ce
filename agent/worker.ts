import { setTimeout as sleep } from "node:timers/promises";
import { log, reasonOf } from "./log";
import type { Owner, VipClaim } from "./vip/claim";
import { claimed, decide, found, type Memory, noMemory } from "./vip/decide";

/** What the worker sees and does outside of itself. */
export interface Surroundings {
  claim: VipClaim;
  /** Whether keepalived is MASTER here, and proved to be alive. */
  isMaster(): boolean;
  /** Whether keepalived made this node MASTER, alive or not: one that stands still for a moment tells nothing after it. @default isMaster */
  holdsAnchor?(): boolean;
  /** Whether this node's priority is the higher one. */
  senior: boolean;
  /** Milliseconds between two looks of a MASTER when nothing happens. @default 2000 */
  reconcileMs?: number;
  /** What came of it: told at every change, and after every claim. */
  tell(what: Told): void;
  /** Called at every turn of the loop: it is alive. */
  turn?(): void;
  /** Milliseconds that only grow: the machine's clock may be set. @default performance.now */
  now?(): number;
}

/** What a look or a claim came to. */
export interface Told {
  /** Whether the VIP is verified to be this node's. */
  held: boolean;
  owner: Owner | "unknown";
  /** What is wrong, in one line; nothing when all is well. */
  alarm?: { kind: "api" | "vip" | "split" | "rate"; reason: string };
  /** A claim that just succeeded: milliseconds of each part. */
  claim?: { why: string; look: number; call: number; verify: number };
}

export interface Worker {
  /** Something happened: look again, now. */
  wake(why: string): void;
  /** Runs until it is told to end. */
  run(signal: AbortSignal): Promise<void>;
}

/** Of a node that is not MASTER: often enough to keep the connection warm. */
const STANDBY_MS = 20_000;
/** An answer that does not show the change yet: EC2 is eventually consistent. */
const VERIFY_MS = [0, 25, 50, 100, 200, 400, 800, 1600, 3000];
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5000;
/** A describe tells the past now and then: at first, a new MASTER looks more often. */
const FRESH_MS = 8000;
const FRESH_LOOK_MS = 500;
/** Between two looks for one reason: a peer that is MASTER, too, sends one such event with every advert. */
const REPEATED_MS = 1000;

/**
 * One thing at a time, and always by what is so now: MASTER takes the VIP unless it has it, everybody else only looks.
 * A failure is tried again for as long as the node is MASTER; nothing is ever given back.
 */
export function newWorker(surroundings: Surroundings): Worker {
  const { claim, isMaster, senior, reconcileMs = 2000, tell, turn, now = clock } = surroundings;
  const { holdsAnchor = isMaster } = surroundings;
  let reason: string | undefined = "start";
  let woken = new AbortController();
  let memory: Memory = noMemory();
  let last: Told | undefined;
  let failures = 0;
  let heard = 0;
  let became = Number.NEGATIVE_INFINITY;
  let turns = 0;
  let taking = false;
  const later = (): number => jittered(holdsAnchor() ? reconcileMs : STANDBY_MS);
  const soon = (): number =>
    jittered(now() - became < FRESH_MS ? Math.min(FRESH_LOOK_MS, reconcileMs) : reconcileMs);

  const say = (told: Told): void => {
    const same = last && last.held === told.held && last.owner === told.owner;
    const alarmed = last?.alarm?.kind !== told.alarm?.kind;
    if (!same || told.claim || alarmed || last?.alarm?.reason !== told.alarm?.reason) {
      if (told.alarm && alarmed) log("alarm", { kind: told.alarm.kind, reason: told.alarm.reason });
      if (!told.alarm && last?.alarm) log("alarm over", { kind: last.alarm.kind });
      tell(told);
    }
    last = told;
  };

  /** Milliseconds until the next look; a look that another one has overtaken says nothing. */
  async function attempt(why: string): Promise<number> {
    const mine = ++turns;
    const overtaken = (): boolean => mine !== turns;
    return look(why, overtaken).catch((error: unknown) => (overtaken() ? 0 : failed(why, error)));
  }

  async function look(why: string, overtaken: () => boolean): Promise<number> {
    const start = now();
    const owner = await claim.owner();
    if (overtaken()) return 0;
    if (!isMaster()) {
      failures = 0;
      memory = { ...noMemory(), claims: memory.claims };
      say({ held: false, owner });
      return later();
    }
    memory = found(owner, memory, now());
    const decision = decide(owner, memory, senior, now());
    if (decision.act === "take") {
      taking = true;
      return take(why, owner, now() - start).finally(() => {
        taking = false;
      });
    }
    failures = 0;
    const alarm =
      decision.act === "wait" ? { kind: decision.alarm, reason: REASONS[decision.alarm] } : undefined;
    say({ held: owner === "mine", owner, ...(alarm && { alarm }) });
    if (decision.act === "keep") return soon();
    return Math.min(soon(), Math.max(0, decision.until - now()));
  }

  async function take(why: string, owner: Owner, looked: number): Promise<number> {
    say({ held: false, owner, ...(failures > 0 && last?.alarm && { alarm: last.alarm }) });
    const called = now();
    memory = claimed(memory, called);
    await claim.take(isMaster).catch((error: unknown) => {
      // What was refused moved nothing, and must not count as a move.
      memory = { ...memory, claims: memory.claims.filter((time) => time !== called) };
      throw error;
    });
    const answered = now();
    for (const delay of VERIFY_MS) {
      await sleep(delay);
      if (!isMaster()) return 0;
      if ((await claim.owner()) !== "mine" || !((await claim.settled?.()) ?? true)) continue;
      failures = 0;
      memory = found("mine", memory, now());
      const parts = { look: looked, call: answered - called, verify: now() - answered };
      log("took the VIP", { why, from: owner, ms: looked + (now() - called), ...parts });
      say({ held: true, owner: "mine", claim: { why, ...parts } });
      return soon();
    }
    throw new Error(
      `EC2 does not show the VIP here ${VERIFY_MS.reduce((sum, one) => sum + one)} ms after it took the change`,
    );
  }

  function failed(why: string, error: unknown): number {
    failures++;
    const master = isMaster();
    const told = { kind: claim.local ? ("vip" as const) : ("api" as const), reason: reasonOf(error) };
    // The first is an alarm, then every tenth is told: a long outage must not fill the journal.
    if (failures % 10 === 0) log("failed", { why, failures, master: `${master}`, reason: told.reason });
    // Whoever held it serves on: that nobody answers takes nothing away.
    say({ held: master && (last?.held ?? false), owner: last?.owner ?? "unknown", alarm: told });
    return master ? retryAfter(failures) : later();
  }

  return {
    wake(why) {
      const repeated = why === "MASTER_RX_LOWER_PRI" && now() - heard < REPEATED_MS;
      if (repeated) return;
      heard = now();
      reason = why;
      // What was so before it became MASTER says nothing of now, and must not slow a failover.
      if (why === "MASTER") {
        memory = { ...noMemory(), claims: memory.claims };
        became = now();
      }
      if (why !== "MASTER_RX_LOWER_PRI") failures = 0;
      if (taking) return;
      turns++;
      woken.abort();
    },
    async run(signal) {
      const end = (): void => woken.abort();
      signal.addEventListener("abort", end);
      while (!signal.aborted) {
        turn?.();
        const why = reason ?? "check";
        reason = undefined;
        woken = new AbortController();
        // A new MASTER must not wait for what it asked as BACKUP.
        const asMaster = isMaster();
        const asked = attempt(why);
        const pause = await (asMaster ? asked : Promise.race([asked, aborted(woken.signal)]));
        if (reason !== undefined || signal.aborted) continue;
        await sleep(pause, undefined, { signal: woken.signal }).catch(() => {});
      }
      signal.removeEventListener("abort", end);
    },
  };
}

const aborted = (signal: AbortSignal): Promise<number> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(0), { once: true }));

const clock = (): number => Math.round(performance.now());

const REASONS = {
  split: "both nodes are MASTER and reach EC2: they do not hear each other's VRRP, and the peer has the VIP",
  rate: "the VIP was taken away ten times in a minute",
};

const jittered = (milliseconds: number): number => milliseconds * (0.9 + 0.2 * Math.random());

/** Milliseconds until the next try: soon, with jitter, and ever later. */
export const retryAfter = (failures: number, random = Math.random()): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + random);
