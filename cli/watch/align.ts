import type { Event, NodeEvent } from "../history/events";
import { clockOffsets } from "./clock";

/** What a node was from one moment to another, by our clock. */
export interface Span extends Pick<NodeEvent, "vrrp" | "held" | "nginx"> {
  from: number;
  to: number;
}

const UNKNOWN = { vrrp: "?", held: false, nginx: false };

/** What a node was over time; `?` where nobody could look at it. */
export function spansOf(events: readonly Event[], node: string, until: number): Span[] {
  const offset = clockOffsets(events).get(node) ?? 0;
  const spans: Span[] = [];
  let heard = 0;
  const change = (from: number, state: Omit<Span, "from" | "to">): void => {
    const last = spans.at(-1);
    if (last) last.to = from;
    spans.push({ ...state, from, to: until });
  };
  for (const one of events) {
    if ((one.t === "node" || one.t === "beat") && one.node === node) heard = one.at - offset;
    if (one.t === "node" && one.node === node) {
      const { at, vrrp, held, nginx } = one;
      change(at - offset, { vrrp, held, nginx });
    }
    // SSH takes seconds to find out that a machine is gone.
    if (one.t === "lost" && one.node === node) change(Math.min(heard, one.seen), UNKNOWN);
  }
  return spans;
}
