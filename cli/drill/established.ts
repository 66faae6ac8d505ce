import type { Event } from "../history/events";
import type { History } from "../history/history";
import { startProber } from "../probe/prober";
import type { Running } from "../run";
import { now } from "../watch/clock";
import type { Check } from "./check";
import { type Drill, REQUEST_MS } from "./settings";
import type { Window } from "./windows";

const HELD = 8;
/** Milliseconds between the new connections that it opens beside them, which nobody counts. */
const BESIDE_MS = 1000;

/** Holds connections through the VIP, with a request on each now and then; that one is cut, and what came of all, is recorded. */
export const hold = (
  { settings: { url, vantage }, recorder }: Drill,
  address: string,
  limitS: number,
): Promise<Running> =>
  startProber(
    { address, url, intervalMs: BESIDE_MS, held: HELD, limitS, requestMs: REQUEST_MS },
    vantage,
    (line) => {
      const event = JSON.parse(line) as Event;
      // By our clock: it may run elsewhere, and says it within a tenth of a second.
      if (event.t === "cut" || (event.t === "prober" && event.event === "end"))
        recorder.add({ ...event, at: now() });
    },
  );

/** What became of the connections that were held while the VIP moved on purpose. */
export function established({ events }: History, { from, to }: Window): Check {
  const within = ({ at }: { at: number }): boolean => at >= from && at <= to;
  const cut = events.filter((one) => one.t === "cut" && within(one)).length;
  const end = events.find((one) => one.t === "prober" && one.event === "end" && within(one));
  const answers = (end?.t === "prober" && end.heldAnswers) || 0;
  if (cut > 0)
    return { invariant: "I6", ruling: "invalid", text: `${cut} established connections of ${HELD} were cut` };
  if (answers === 0)
    return { invariant: "I6", ruling: "unknown", text: "nothing was answered on an established connection" };
  return { invariant: "I6", ruling: "valid", text: `none of ${HELD} was cut, ${answers} answers on them` };
}
