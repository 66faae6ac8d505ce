import type { History } from "../history/history";
import { isGood, judge, longestGap, type Probe } from "../probe/probes";
import { type Span, spansOf } from "../watch/align";
import { established } from "./established";
import { faults, healsWithin, type Platform } from "./faults";
import type { DrillFault } from "./scripts";
import { type Window, windowsOf } from "./windows";

export type Ruling = "valid" | "invalid" | "unknown";

/** What one invariant says of one fault. */
export interface Check {
  invariant: keyof typeof invariants;
  ruling: Ruling;
  text: string;
}

/** One fault, judged from the history alone. */
export interface FaultVerdict {
  fault: string;
  node: string;
  expected: string;
  observed: string;
  /** Milliseconds; nothing when nobody probed. */
  gapMs?: number;
  failed: number;
  total: number;
  ruling: Ruling | "skipped";
  checks: Check[];
}

/** What the invariants promise, for tables and reports. */
export const invariants = {
  I1: "at most one node serves the VIP",
  I2: "nobody answers no longer than the fault's bound",
  I3: "both nodes serve the configuration that was served before",
  I4: "the pair is whole again within the limit, without hands where it should be",
  I5: "the VIP moves exactly as often as it must",
  I6: "a planned move cuts no established connection",
} as const;

/** Milliseconds that two nodes may seem to have the VIP at once: two looks of the samplers, and their clocks. */
const OVERLAP_MS = 50;
/** Where an API says who has it, a node hears of its loss when its agent looks the next time. */
const API_OVERLAP_MS = 3000;

/** Judges every fault of a history. */
export function checkHistory(history: History): FaultVerdict[] {
  return windowsOf(history).map((window) => checkFault(history, window));
}

function checkFault(history: History, window: Window): FaultVerdict {
  const { fault, node } = window;
  const about = faults[fault as DrillFault];
  const probes = probesIn(history, window);
  const { total, failed } = judge(probes, isGood);
  const gap = gapIn(probes, window);
  const base = { fault, node, expected: about?.expected ?? "?", failed, total };
  if (window.skipped !== undefined)
    return { ...base, observed: `skipped: ${window.skipped}`, ruling: "skipped", checks: [] };
  if (!about || window.injected === undefined) {
    const why = window.gaveUp ?? "the history ends before the fault";
    return { ...base, observed: why, ruling: "unknown", checks: [] };
  }
  const platform = platformOf(history);
  const spans = new Map(
    history.run.nodes.map((name) => [name, within(spansOf(history.events, name, window.to), window)]),
  );
  const checks = [
    oneHolder(history, window, spans),
    outage(gap, about.outageMs(platform)),
    configuration(window),
    redundancy(window, healsWithin(fault as DrillFault, platform)),
    transitions(history, window, spans),
    ...(about.keeps ? [established(history, window)] : []),
  ];
  const gapMs = gap === undefined ? {} : { gapMs: gap };
  return {
    ...base,
    ...gapMs,
    observed: observedOf(history, window, spans),
    ruling: worst(checks, window),
    checks,
  };
}

const platformOf = ({ run: { mode, advertMs, drainS } }: History): Platform => ({
  mode,
  advertMs,
  drainS,
  container: false,
  power: true,
});

function worst(checks: Check[], { whole }: Window): Ruling {
  if (checks.some(({ ruling }) => ruling === "invalid")) return "invalid";
  return whole && checks.every(({ ruling }) => ruling === "valid") ? "valid" : "unknown";
}

function probesIn({ events }: History, { from, to }: Window): Probe[] {
  return events.flatMap((one) => (one.t === "probe" && one.start >= from && one.start < to ? [one] : []));
}

/** An outage that lasts to the end of what was seen counts to there. */
function gapIn(probes: Probe[], { from, to }: Window): number | undefined {
  if (probes.length === 0) return undefined;
  const ends = probes.filter(isGood).map(({ end }) => end);
  if (ends.length === 0) return Math.round(to - from);
  const last = Math.max(...probes.map(({ start }) => start));
  return Math.max(longestGap(probes, isGood).ms, Math.round((last - Math.max(...ends)) * 10) / 10);
}

const within = (spans: Span[], { from, to }: Window): Span[] =>
  spans.filter((span) => span.to > from && span.from < to);

type Spans = Map<string, Span[]>;

function oneHolder({ run }: History, window: Window, spans: Spans): Check {
  const [one = [], other = []] = [...spans.values()];
  const bound = run.mode === "arp" ? OVERLAP_MS : API_OVERLAP_MS;
  if (one.length === 0 || other.length === 0)
    return { invariant: "I1", ruling: "unknown", text: "a node was not seen" };
  let longest = 0;
  for (const a of one.filter(serves))
    for (const b of other.filter(serves)) longest = Math.max(longest, overlap(a, b, window, run.advertMs));
  return {
    invariant: "I1",
    ruling: longest <= bound ? "valid" : "invalid",
    text: `both nodes served it for ${Math.round(longest)} ms${window.fault === "partition" ? " beside the partition" : ""} (bound ${bound} ms)`,
  };
}

const serves = ({ held, nginx }: Span): boolean => held && nginx;

/** How long both had it; while they could not hear each other, and until they heard again, that is how it must be. */
function overlap(a: Span, b: Span, { fault, injected = 0, undone, to }: Window, advertMs: number): number {
  const [from, until] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  if (fault !== "partition") return until - from;
  const excused = [injected, (undone ?? to) + 4 * advertMs + 500] as const;
  return Math.max(Math.min(until, excused[0]) - from, until - Math.max(from, excused[1]), 0);
}

function outage(gap: number | undefined, bound: number): Check {
  if (gap === undefined) return { invariant: "I2", ruling: "unknown", text: "nobody probed" };
  return {
    invariant: "I2",
    ruling: gap <= bound ? "valid" : "invalid",
    text: `${gap} ms without an answer (bound ${bound} ms)`,
  };
}

function configuration({ statuses }: Window): Check {
  const served = statuses.map(({ report }) => report.nodes.map((node) => node.served));
  const [before, after] = [served.at(0), served.length > 1 ? served.at(-1) : undefined];
  if (!before || !after || [...before, ...after].includes(""))
    return { invariant: "I3", ruling: "unknown", text: "a node did not say what it serves" };
  const all = new Set([...before, ...after]);
  return {
    invariant: "I3",
    ruling: all.size === 1 ? "valid" : "invalid",
    text: all.size === 1 ? `both serve ${before[0]}, as before` : `served: ${[...all].join(", ")}`,
  };
}

function redundancy(window: Window, limitS: number): Check {
  const { injected = 0, undone, notUndone, healed, fault, whole, gaveUp } = window;
  if (notUndone !== undefined)
    return { invariant: "I4", ruling: "invalid", text: `not undone: ${notUndone}` };
  const since = faults[fault as DrillFault]?.heals === "itself" ? injected : (undone ?? injected);
  if (healed === undefined) {
    const ruling = whole || gaveUp !== undefined ? "invalid" : "unknown";
    return { invariant: "I4", ruling, text: `not whole again within ${limitS} s` };
  }
  const took = (healed - since) / 1000;
  return {
    invariant: "I4",
    ruling: took <= limitS ? "valid" : "invalid",
    text: `whole again after ${took.toFixed(1)} s (limit ${limitS} s)`,
  };
}

function transitions({ run }: History, window: Window, spans: Spans): Check {
  const wanted = faults[window.fault as DrillFault]?.expected;
  const became = run.nodes.map((name) => timesMaster(spans.get(name) ?? []));
  const total = became.reduce((sum, count) => sum + count, 0);
  const text = `a node became MASTER ${total} ${total === 1 ? "time" : "times"}`;
  // In a partition, the one that is MASTER beside the other may have to take its word back.
  const [least, most] = wanted === "stays" ? [0, 0] : wanted === "split" ? [1, 2] : [1, 1];
  // What is missing may be beyond the end of a history that was cut; what is too much is not.
  const open = total < least && !window.whole && window.gaveUp === undefined;
  const right = total >= least && total <= most;
  return {
    invariant: "I5",
    ruling: right ? "valid" : open ? "unknown" : "invalid",
    text: `${text} (should be ${least === most ? least : `${least} or ${most}`})`,
  };
}

/** How often a node became MASTER; what it was when somebody could look again counts as it was before. */
function timesMaster(spans: readonly Span[]): number {
  let [count, before] = [0, spans[0]?.vrrp];
  for (const { vrrp } of spans.filter((span) => span.vrrp !== "?").slice(before === "?" ? 0 : 1)) {
    if (vrrp === "MASTER" && before !== "MASTER") count++;
    before = vrrp;
  }
  return count;
}

/** What became of the VIP, in a few words. */
function observedOf({ run }: History, { node, moved, gaveUp }: Window, spans: Spans): string {
  if (gaveUp !== undefined) return gaveUp;
  const peer = run.nodes.find((name) => name !== node) ?? "";
  const took = (spans.get(peer) ?? []).some((span, index) => index > 0 && span.vrrp === "MASTER");
  const lost = (spans.get(node) ?? []).some((span) => !span.held);
  if (took && !lost) return `${peer} MASTER, too`;
  if (took || moved !== undefined) return `${node} → ${peer}`;
  return `stays on ${node}`;
}
