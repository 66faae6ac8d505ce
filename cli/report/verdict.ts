import { z } from "zod";
import { checkHistory, type FaultVerdict } from "../drill/check";
import type { History } from "../history/history";

const ruling = z.enum(["valid", "invalid", "unknown"]);

const check = z.strictObject({
  invariant: z.enum(["I1", "I2", "I3", "I4", "I5", "I6"]),
  ruling,
  text: z.string(),
});

/** What `nginx-ha drill --json` prints. */
export const drillReport = z
  .strictObject({
    pair: z.string(),
    vip: z.string(),
    at: z.string().meta({ description: "When it began." }),
    verdict: ruling.meta({
      description: "invalid when any fault is; unknown when any is, or a part is missing.",
    }),
    why: z.string().optional().meta({ description: "Why it is unknown, where the faults do not say." }),
    mode: z.string(),
    advertMs: z.number(),
    from: z.string(),
    ranOn: z.record(z.string(), z.string()),
    faults: z.array(
      z.strictObject({
        fault: z.string(),
        node: z.string(),
        expected: z.string(),
        observed: z.string(),
        gapMs: z.number().optional(),
        failed: z.int(),
        total: z.int(),
        ruling: z.enum(["valid", "invalid", "unknown", "skipped"]),
        checks: z.array(check),
      }),
    ),
    history: z.string().optional().meta({ description: "The file." }),
  })
  .meta({ title: "nginx-ha drill --json" });

export type DrillReport = z.output<typeof drillReport>;

/** Judges a history: the whole is as good as its worst fault. */
export function judgeHistory(history: History, file?: string): DrillReport {
  const { pair, vip, at, mode, advertMs, from, ranOn, faults: wanted } = history.run;
  const faults = checkHistory(history);
  const why = whyUnknown(history, faults, wanted);
  return {
    pair,
    vip,
    at: new Date(at).toISOString(),
    verdict: faults.some(({ ruling }) => ruling === "invalid")
      ? "invalid"
      : why === undefined
        ? "valid"
        : "unknown",
    ...(why !== undefined && { why }),
    mode,
    advertMs,
    from,
    ranOn,
    faults,
    ...(file !== undefined && { history: file }),
  };
}

function whyUnknown(
  { events, whole }: History,
  faults: FaultVerdict[],
  wanted: string[],
): string | undefined {
  const end = events.findLast((one) => one.t === "end");
  if (end?.t === "end" && end.why !== undefined) return end.why;
  if (!whole) return "the history ends in the middle";
  const done = faults.map(({ fault }) => fault);
  const missing = wanted.filter((fault) => !done.includes(fault));
  if (missing.length > 0) return `not rehearsed: ${missing.join(", ")}`;
  if (faults.every(({ ruling }) => ruling === "skipped")) return "no fault was rehearsed";
  const open = faults.filter(({ ruling }) => ruling === "unknown").map(({ fault }) => fault);
  return open.length > 0 ? `could not be judged: ${open.join(", ")}` : undefined;
}
