import { z } from "zod";
import type { Event } from "../history/events";
import { isGood, longestGap } from "../probe/probes";
import { statusReport } from "../status/report";
import { drainResult } from "./drain";

/** What `nginx-ha switchover --json` prints. */
export const switchoverResult = z
  .strictObject({
    pair: z.string(),
    vip: z.string(),
    moved: z.boolean(),
    from: z.string().optional(),
    to: z.string().optional(),
    why: z.string().optional().meta({ description: "Why it did not move, or moved badly." }),
    moveMs: z.number().optional().meta({ description: "From the handover to the peer's having the VIP." }),
    measured: z
      .strictObject({
        from: z.string().meta({ description: "Where the prober ran." }),
        gapMs: z.number().meta({ description: "The longest time in which no request was answered." }),
        total: z.int(),
        failed: z.int(),
        refused: z.int().meta({ description: "New connections that did not come about." }),
        cutNew: z.int().meta({ description: "New connections that came about and got no answer." }),
        late: z.int().meta({ description: "New connections that were answered after more than 500 ms." }),
        held: z.int().meta({ description: "Established connections that were held." }),
        cutHeld: z.int().meta({ description: "Established connections that were cut." }),
        longestHeldMs: z
          .number()
          .optional()
          .meta({ description: "The longest wait for an answer on an established connection." }),
      })
      .optional()
      .meta({ description: "Nothing when the VIP does not answer where the prober ran." }),
    drain: drainResult.optional().meta({
      description: "Nothing when established connections were not kept, or nobody waited for their end.",
    }),
    status: statusReport,
  })
  .meta({ title: "nginx-ha switchover --json" });

export type SwitchoverResult = z.output<typeof switchoverResult>;
export type Measured = NonNullable<SwitchoverResult["measured"]>;

/** TCP asks again after a second, when nobody took its first word. */
const LATE_MS = 500;

/** What the prober saw, as numbers; nothing when it saw no answer at all. */
export function measuredOf(events: readonly Event[], from: string, held: number): Measured | undefined {
  const probes = events.flatMap((one) => (one.t === "probe" ? [one] : []));
  if (!probes.some(isGood)) return undefined;
  const late = probes.filter((probe) => isGood(probe) && probe.end - probe.start > LATE_MS).length;
  const failed = probes.filter((probe) => !isGood(probe));
  const refused = failed.filter(({ connected }) => connected === false).length;
  return {
    from,
    gapMs: longestGap(probes, isGood).ms,
    total: probes.length,
    failed: failed.length,
    refused,
    cutNew: failed.length - refused,
    late,
    held,
    cutHeld: events.filter(({ t }) => t === "cut").length,
    longestHeldMs: events.flatMap((one) => (one.t === "prober" ? (one.longestHeldMs ?? []) : []))[0],
  };
}
