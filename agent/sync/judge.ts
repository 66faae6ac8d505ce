import type { AlarmKind } from "./alarms";

/** What a node knows of itself and of its peer at one moment. */
export interface Situation {
  /** Milliseconds since the peer was heard, or since the start. */
  awayMs: number;
  /** Copies of edits that were replaced. */
  drift: readonly string[];
  /** Generations that lost against the peer's. */
  conflicts: readonly string[];
  /** The generation that is on this node only, and for how many milliseconds. */
  alone?: { id: string; forMs: number };
}

/** A peer that is away for less is no alarm: it reboots, or was reloaded. */
const AWAY_MS = 30_000;

/** What an operator should know of it: a reason for each kind of alarm, or nothing when there is none. */
export function judge({ awayMs, drift, conflicts, alone }: Situation): [AlarmKind, string | undefined][] {
  const away = `the peer's synchronisation was not heard for ${Math.round(awayMs / 10_000) * 10} s`;
  const replaced = `edits on a node that is not MASTER were replaced; copies: ${drift.join(", ")} (remove them when you have what you need)`;
  const lost = `both nodes published while they did not see each other; what lost is in conflicts/: ${conflicts.join(", ")} (remove it when you have what you need)`;
  return [
    ["peer-unreachable", awayMs > AWAY_MS ? away : undefined],
    ["drift", drift.length > 0 ? replaced : undefined],
    ["conflict", conflicts.length > 0 ? lost : undefined],
    [
      "unacknowledged",
      alone && alone.forMs > AWAY_MS
        ? `${alone.id} is on this node only: it is lost if this node is`
        : undefined,
    ],
  ];
}
