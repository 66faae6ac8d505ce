import { setTimeout as sleep } from "node:timers/promises";
import type { Inventory } from "../../config/inventory";
import { sentAwayLimit } from "../../node/drain/limits";
import type { Event, NodeEvent } from "../history/events";
import { startProber, type Vantage } from "../probe/prober";
import type { Remote } from "../ssh";
import { type Waiting, waitUntil } from "../terminal/wait";
import { ourTime } from "../watch/clock";
import { startSampler } from "../watch/sampler";
import { beginHandover } from "./handover";

export interface MoveSettings {
  /** Seconds until the peer must have the VIP. */
  limitS: number;
  url: string;
  vantage: Vantage;
  /** Established connections that the prober holds. */
  held: number;
  /** Milliseconds between two new connections. @default 5 */
  intervalMs?: number;
  /** Whether those that are established stay with the old node: they are watched until it has sent them away. */
  keeps?: boolean;
}

/** What came of a move, with all that was seen. */
export interface Moved {
  events: Event[];
  /** Milliseconds from the handover to the peer's having the VIP; nothing when it did not move. */
  moveMs?: number;
  why?: string;
}

/** Seconds that the prober and the samplers live at most, on top of the move's limit. */
const SLACK_S = 60;
/** The prober's first look and its last. */
const BASELINE_MS = 500;
const TAIL_MS = 700;
/** Long enough for TCP to ask again: a connection that comes about late was not refused. */
const REQUEST_MS = 2500;

/**
 * Moves the VIP by a handover, and watches: both nodes' states, and the VIP from where the clients are.
 * @param tell each change of a node, as it is seen
 */
export async function move(
  { vip }: Inventory,
  { from, to }: { from: Remote; to: Remote },
  { limitS, url, vantage, held, intervalMs = 5, keeps = false }: MoveSettings,
  waiting: Waiting,
  tell: (event: NodeEvent) => void,
): Promise<Moved> {
  const until = (what: string, withinS: number, test: () => boolean): Promise<void> =>
    waitUntil(what, withinS, test, waiting, 2);
  const events: Event[] = [];
  const now = new Map<string, NodeEvent>();
  const seen = (event: Event): void => {
    events.push(event);
    if (event.t !== "node") return;
    now.set(event.node, event);
    tell(event);
  };
  const lifeS = limitS + SLACK_S;
  let moveMs: number | undefined;
  const samplers = await Promise.all([from, to].map((remote) => startSampler(remote, lifeS, seen)));
  const settings = { address: vip, url, intervalMs, held, limitS: lifeS, requestMs: REQUEST_MS };
  const prober = await startProber(settings, vantage, (line) => events.push(JSON.parse(line))).catch(
    (error) => {
      for (const one of samplers) one.end();
      throw error;
    },
  );
  try {
    await until("a first look at both nodes", 10, () => now.size === 2);
    await sleep(BASELINE_MS);
    const handover = await beginHandover(from, limitS);
    try {
      const target = (): NodeEvent | undefined => now.get(to.name);
      await until(
        `${to.name} to be MASTER with the VIP`,
        limitS,
        () => target()?.vrrp === "MASTER" && target()?.held === true,
      );
      const begun = ourTime(events, from.name, handover.begunAt);
      const had = ourTime(events, to.name, target()?.at ?? 0);
      moveMs = Math.max(0, Math.round(had - begun));
    } finally {
      await handover.end();
    }
    await until(`${from.name} to be BACKUP`, limitS, () => now.get(from.name)?.vrrp === "BACKUP");
    await sleep(keeps ? sentAwayLimit * 1000 : TAIL_MS);
    return { events: await finished(), moveMs };
  } catch (error) {
    return { events: await finished(), moveMs, why: reasonOf(error) };
  }

  async function finished(): Promise<Event[]> {
    for (const one of [prober, ...samplers]) one.end();
    await Promise.all([prober, ...samplers].map(({ done }) => done));
    return events;
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.name === "AbortError" ? "it was interrupted" : error.message;
};
