import type { Role } from "./role";

/** Why a drain is over. */
export type Reason =
  /** No connection is left. */
  | "empty"
  /** Its time is over. */
  | "time"
  /** The VIP did not move in time. */
  | "not moved"
  /** The VIP is back where it was. */
  | "back"
  /** The node that keeps the connections answers no more: they are gone with it. */
  | "peer gone"
  /** Somebody ended it. */
  | "stopped";

/** What the node shows at one look. */
export interface Look {
  /** Milliseconds that only grow. */
  now: number;
  master: boolean;
  /** `keep`: connections to the VIP that are alive; nothing while nobody needs to know, or can. */
  connections?: number | undefined;
  /** `keep`: whether the VIP has led to the other node; where an API moves it, that is later than VRRP, and may be never. */
  led: boolean;
  /** `detour`: whether the peer answered when it was asked last. */
  peerAnswers: boolean;
}

/** Prepared until the VIP has moved, and leads to the other node; then draining. */
export type State =
  | { phase: "prepared"; since: number }
  | {
      phase: "draining";
      since: number;
      until: number;
      /** Connections at the move. */
      first: number;
      /** Since when there is none, or the peer is silent; nothing while there is or it is not. */
      nothingSince?: number;
    };

export interface Limits {
  preparedMs: number;
  drainMs: number;
}

/** The shortest drain: whoever has an old entry in its ARP table, or a VPC by an old one of its own, still comes to the old node. */
const SHORTEST_MS = 2000;
const EMPTY_MS = 1000;
/** At least two questions in a row. */
const SILENT_MS = 2000;

export const prepared = (now: number): State => ({ phase: "prepared", since: now });

/** Whether the VIP is where it is to be: whoever keeps the connections was MASTER, and whoever sends them on becomes it. */
export const hasMoved = (role: Role, master: boolean): boolean => master === (role === "detour");

/** What the state becomes with a look, and whether the drain is over. */
export function decide(role: Role, state: State, look: Look, limits: Limits): [State, Reason?] {
  const { now, master } = look;
  const moved = hasMoved(role, master);
  if (state.phase === "prepared") {
    if (moved && look.led) return [draining(now, look.connections ?? 0, limits)];
    return now - state.since < limits.preparedMs ? [state] : [state, "not moved"];
  }
  if (!moved) return [state, "back"];
  if (now >= state.until) return [state, "time"];
  const nothing = role === "keep" ? look.connections === 0 : !look.peerAnswers;
  const nothingSince = nothing ? (state.nothingSince ?? now) : undefined;
  const { nothingSince: _, ...rest } = state;
  const next: State = nothingSince === undefined ? rest : { ...rest, nothingSince };
  if (nothingSince === undefined) return [next];
  if (role === "detour") return now - nothingSince < SILENT_MS ? [next] : [next, "peer gone"];
  const over = now - nothingSince >= EMPTY_MS && now - state.since >= SHORTEST_MS;
  return over ? [next, "empty"] : [next];
}

const draining = (now: number, first: number, { drainMs }: Limits): State => ({
  phase: "draining",
  since: now,
  until: now + drainMs,
  first,
});
