import type { Event, NodeEvent } from "../history/events";
import { startProber } from "../probe/prober";
import { isGood } from "../probe/probes";
import type { Running } from "../run";
import type { Remote } from "../ssh";
import { untilHealthy } from "../status/healthy";
import type { StatusReport } from "../status/report";
import { now } from "../watch/clock";
import { startSampler } from "../watch/sampler";
import { hold } from "./hold";
import { type Drill, REQUEST_MS } from "./settings";

/** Milliseconds between two new connections: 125 a second. */
export const INTERVAL_MS = 8;
/** Ten beats of a sampler. A machine that lost its power may be back before SSH finds out that the connection is not. */
const SILENT_MS = 2000;

/** A pair that is watched: its VIP by a prober, each of its nodes by a sampler. */
export interface Watched {
  /** What was seen of a node last; nothing while nobody sees it. */
  stateOf(node: string): NodeEvent | undefined;
  /** Whether the VIP has answered. */
  answered(): boolean;
  /** Why it did not, the last time. */
  lastError(): string;
  /**
   * Waits for a healthy pair of which both nodes are watched.
   * @param meanwhile done at each look
   */
  healthy(what: string, limitS: number, meanwhile?: () => Promise<void>): Promise<StatusReport>;
  /** Holds connections from now on. @param limitS seconds after which it ends by itself */
  hold(limitS: number): Promise<Running>;
  end(): Promise<unknown>;
}

/** Watches until `end`; all that is seen is recorded. */
export async function watchPair(drill: Drill, address: string, limitS: number): Promise<Watched> {
  const { remotes, settings, recorder, waiting, look } = drill;
  const states = new Map<string, NodeEvent>();
  const samplers = new Map<string, Running>();
  const seen = (event: Event): void => {
    recorder.add(event);
    if (event.t === "node") states.set(event.node, event);
    if (event.t === "beat") {
      const state = states.get(event.node);
      if (state) states.set(event.node, { ...state, seen: event.seen });
    }
    if (event.t === "lost") {
      states.delete(event.node);
      samplers.delete(event.node);
    }
  };
  const prober = await startProber(
    { address, url: settings.url, intervalMs: INTERVAL_MS, held: 0, limitS, requestMs: REQUEST_MS },
    settings.vantage,
    (line) => recorder.add(JSON.parse(line)),
  );
  const isWatched = ({ name }: Remote): boolean => now() - (states.get(name)?.seen ?? 0) < SILENT_MS;
  const end = (): Promise<unknown> => {
    for (const one of [prober, ...samplers.values()]) one.end();
    return prober.done;
  };
  /** A sampler on each node that has none, as far as it is reached. */
  const watchAll = async (): Promise<void> => {
    const without = remotes.filter(({ name }) => !samplers.has(name));
    await Promise.all(
      without.map(async (remote) => samplers.set(remote.name, await startSampler(remote, limitS, seen))),
    );
  };
  await watchAll().catch(async (error: unknown) => {
    await end();
    throw error;
  });

  return {
    stateOf: (node) => states.get(node),
    answered: () => recorder.events.some((one) => one.t === "probe" && isGood(one)),
    lastError() {
      const last = recorder.events.findLast((one) => one.t === "probe");
      return (last?.t === "probe" && (last.error ?? `status ${last.status}`)) || "nothing was sent";
    },
    healthy(what, withinS, meanwhile) {
      const lookAndWatch = async (): Promise<StatusReport> => {
        const report = await look();
        await meanwhile?.();
        await watchAll();
        return report;
      };
      return untilHealthy(what, withinS, lookAndWatch, waiting, () => remotes.every(isWatched));
    },
    hold: (forS) => hold(drill, address, forS),
    end,
  };
}
