import type { Event } from "../history/events";

/** Now, in milliseconds since the epoch with two digits, as a history has it. */
export const now = (): number => Math.round((performance.timeOrigin + performance.now()) * 100) / 100;

/**
 * How far each node's clock is ahead of ours, in milliseconds: what was said arrives after it was said, so the
 * shortest way that was seen is the closest to the truth, and off by no more than its latency.
 */
export function clockOffsets(events: readonly Event[]): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const one of events) {
    if (one.t !== "node" && one.t !== "beat") continue;
    const ahead = one.at - one.seen;
    offsets.set(one.node, Math.max(offsets.get(one.node) ?? Number.NEGATIVE_INFINITY, ahead));
  }
  return offsets;
}

/** What a node's clock said, by ours. */
export const ourTime = (events: readonly Event[], node: string, at: number): number =>
  at - (clockOffsets(events).get(node) ?? 0);
