import type { Event } from "../history/events";
import { startProber } from "../probe/prober";
import type { Running } from "../run";
import { now } from "../watch/clock";
import { type Drill, HELD, REQUEST_MS } from "./settings";

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
