import type { Reason, State } from "./decide";
import type { Role } from "./role";

/** A drain that is under way, as a node tells it. */
export interface DrainStatus {
  role: Role;
  phase: "prepared" | "draining";
  /** Seconds that are left: until the VIP must have moved, then of the drain. */
  secondsLeft: number;
  /** `keep`: connections that are left, once the VIP has moved. */
  connections?: number;
}

/** What came of the last one. */
export interface DrainResult {
  role: Role;
  reason: Reason;
  /** ISO 8601. */
  at: string;
  /** Seconds from the move on; 0 when the VIP did not move. */
  seconds: number;
  /** `keep`: connections at the move, how many ended by themselves, and how many were cut. */
  connections?: number;
  ended?: number;
  cut?: number;
}

export function statusOf(
  role: Role,
  state: State,
  { now, connections, preparedMs }: { now: number; connections?: number | undefined; preparedMs: number },
): DrainStatus {
  const end = state.phase === "prepared" ? state.since + preparedMs : state.until;
  return {
    role,
    phase: state.phase,
    secondsLeft: Math.max(0, Math.round((end - now) / 1000)),
    ...(role === "keep" && connections !== undefined && { connections }),
  };
}

/** Whether a drain that ends for this reason cuts what is left: not where the VIP is, or is back. */
export const cuts = (state: State, reason: Reason): boolean =>
  state.phase === "draining" && (reason === "time" || reason === "stopped");

/** @param left connections that were still alive at the end */
export function resultOf(
  role: Role,
  state: State,
  reason: Reason,
  { now, at, left }: { now: number; at: string; left: number },
): DrainResult {
  const moved = state.phase === "draining";
  const first = moved ? Math.max(state.first, left) : 0;
  const cut = cuts(state, reason) ? left : 0;
  return {
    role,
    reason,
    at,
    seconds: moved ? Math.round((now - state.since) / 1000) : 0,
    ...(role === "keep" && { connections: first, ended: first - left, cut }),
  };
}
