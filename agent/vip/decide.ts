import type { Owner } from "./claim";

/** What a MASTER remembers of its claims. */
export interface Memory {
  /** Whether it has claimed the VIP since it became MASTER: what was seen without that may have been the past. */
  claimed: boolean;
  /** Since when it holds it without a break, milliseconds. */
  heldSince: number;
  /** How often the peer has taken it since then. */
  robbed: number;
  /** When it found that the peer had taken it last. */
  robbedAt: number;
  /** When it claimed, in the last minute. */
  claims: number[];
}

/** What to do about the VIP now. */
export type Decision =
  | { act: "keep" }
  | { act: "take" }
  /** Another time, and something that an operator should know. */
  | { act: "wait"; until: number; alarm: "split" | "rate" };

export const noMemory = (): Memory => ({ claimed: false, heldSince: 0, robbed: 0, robbedAt: 0, claims: [] });

const FIRST_BACK_OFF_MS = 2000;
const BACK_OFF_FACTOR = 5;
const LONGEST_BACK_OFF_MS = 300_000;
/** Whoever has held it this long is not robbed any more. */
const PEACE_MS = 60_000;
const MINUTE_MS = 60_000;
const CLAIMS_A_MINUTE = 10;

/**
 * Decides for a MASTER. A VIP that nobody has, or that a stranger has, is taken back; so is the peer's by whoever has
 * just become MASTER. Two MASTERs that both reach the API hear nothing of each other, and must not steal from each
 * other for ever: the senior one, whose priority is higher, takes it back, the other one tries again ever more rarely,
 * because the peer may have died meanwhile.
 */
export function decide(owner: Owner, memory: Memory, senior: boolean, now: number): Decision {
  if (owner === "mine") return { act: "keep" };
  const recent = memory.claims.filter((time) => time > now - MINUTE_MS);
  const [oldest = now] = recent;
  if (recent.length >= CLAIMS_A_MINUTE) return { act: "wait", until: oldest + MINUTE_MS, alarm: "rate" };
  if (owner !== "peer" || !memory.claimed || senior) return { act: "take" };
  const until = memory.robbedAt + backOff(memory.robbed);
  return now >= until ? { act: "take" } : { act: "wait", until, alarm: "split" };
}

/** What the memory becomes with what was found. */
export function found(owner: Owner, memory: Memory, now: number): Memory {
  if (owner === "mine") {
    const heldSince = memory.heldSince || now;
    const peace = now - heldSince >= PEACE_MS;
    return { ...memory, heldSince, robbed: peace ? 0 : memory.robbed };
  }
  if (owner !== "peer" || memory.heldSince === 0) return { ...memory, heldSince: 0 };
  return { ...memory, heldSince: 0, robbed: memory.robbed + 1, robbedAt: now };
}

export const claimed = (memory: Memory, now: number): Memory => ({
  ...memory,
  claimed: true,
  claims: [...memory.claims.filter((time) => time > now - MINUTE_MS), now],
});

/** 2, 10, 50 and 250 s, then 5 minutes. */
export const backOff = (robbed: number): number =>
  Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * BACK_OFF_FACTOR ** Math.max(0, robbed - 1));
