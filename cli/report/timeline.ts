import type { Window } from "../drill/windows";
import type { Event } from "../history/events";
import type { History } from "../history/history";
import { isGood } from "../probe/probes";
import { spansOf } from "../watch/align";

/** A request as a figure shows it; seconds from the fault, milliseconds to the answer. */
export interface Point {
  at: number;
  ms: number;
  good: boolean;
}

/** A stretch of time in a figure's row; seconds from the fault. */
export interface Bar {
  row: string;
  from: number;
  to: number;
  /** MASTER, BACKUP, FAULT, down, unseen; or the name of whoever has the VIP. */
  state: string;
}

export interface Mark {
  at: number;
  label: string;
}

/** Everything that the figure of one fault shows. */
export interface Timeline {
  from: number;
  to: number;
  points: Point[];
  states: Bar[];
  holders: Bar[];
  marks: Mark[];
}

/** Bins of time in which only the fastest and the slowest answer are drawn; each failure always is. */
const BINS = 450;
const BEFORE_S = 1;

/** What one fault's figure shows, in seconds from the moment when the fault was there. */
export function timelineOf({ run, events }: History, window: Window): Timeline {
  const zero = window.injected ?? window.from;
  const from = Math.max((window.from - zero) / 1000, -BEFORE_S);
  const to = (window.to - zero) / 1000;
  const clip = <T extends { from: number; to: number }>(bars: T[]): T[] =>
    bars
      .map((bar) => ({ ...bar, from: Math.max(bar.from, from), to: Math.min(bar.to, to) }))
      .filter((bar) => bar.to > bar.from);
  const spans = run.nodes.flatMap((node) =>
    spansOf(events, node, window.to).map((span) => ({
      node,
      ...span,
      from: (span.from - zero) / 1000,
      to: (span.to - zero) / 1000,
    })),
  );
  return {
    from,
    to,
    points: thinned(
      pointsOf(events, zero).filter(({ at }) => at >= from && at <= to),
      from,
      to,
    ),
    states: clip(
      spans.map(({ node, from, to, vrrp }) => ({ row: node, from, to, state: NAMES[vrrp] ?? vrrp })),
    ),
    holders: clip(
      spans
        .filter(({ held }) => held)
        .map(({ node, from, to }) => ({ row: `VIP on ${node}`, from, to, state: node })),
    ),
    marks: marksOf(window, zero).filter(({ at }) => at <= to),
  };
}

const NAMES: Record<string, string> = { "-": "down", "?": "unseen" };

const pointsOf = (events: readonly Event[], zero: number): Point[] =>
  events.flatMap((one) =>
    one.t === "probe" ? [{ at: (one.start - zero) / 1000, ms: one.end - one.start, good: isGood(one) }] : [],
  );

function thinned(points: Point[], from: number, to: number): Point[] {
  const kept = new Set(points.filter(({ good }) => !good));
  const bins = new Map<number, Point[]>();
  for (const point of points.filter(({ good }) => good)) {
    const bin = Math.floor(((point.at - from) / (to - from)) * BINS);
    bins.set(bin, [...(bins.get(bin) ?? []), point]);
  }
  for (const bin of bins.values()) {
    bin.sort((a, b) => a.ms - b.ms);
    for (const point of [bin[0], bin.at(-1)]) if (point) kept.add(point);
  }
  return [...kept].sort((a, b) => a.at - b.at);
}

const marksOf = ({ injected, moved, undone, healed }: Window, zero: number): Mark[] =>
  [
    [injected, "fault"],
    [moved, "moved"],
    // What was whole already had nothing to undo.
    [healed !== undefined && undone !== undefined && healed < undone ? undefined : undone, "undo"],
    [healed, "whole"],
  ].flatMap(([at, label]) =>
    typeof at === "number" ? [{ at: (at - zero) / 1000, label: String(label) }] : [],
  );
