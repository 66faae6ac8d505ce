import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../../cli/history/events";
import { readInventory } from "../../cli/inventory";
import { startProber, type Vantage } from "../../cli/probe/prober";
import { withNodes } from "../../cli/ssh";
import { holderOf } from "../../cli/status/pair-status";
import { untilDrained } from "../../cli/switchover/drain";
import { moveGently } from "../../cli/switchover/gently";
import { waitFor } from "../../lab/host/wait";
import type { Place } from "../place";
import { report } from "../run";

const INTERVAL_MS = 3;
const TAIL_MS = 700;
/** Established connections that the client holds. */
export const HELD = 8;

const vantageOf = ({ client }: Place): Vantage => ({ prefix: ["ip", "netns", "exec", client] });
const urlOf = ({ vip }: Place): string => `http://${vip}/`;

/** Moves the VIP as `nginx-ha switchover` does. @throws Error when it does not move */
export async function switchover(place: Place, holder: string): Promise<Event[]> {
  const inventory = await readInventory(place.source);
  return withNodes(inventory.nodes, async (remotes) => {
    const [from, to] = [
      remotes.find(({ name }) => name === holder),
      remotes.find(({ name }) => name !== holder),
    ];
    if (!from || !to) throw new Error("a pair has two nodes");
    const waiting = { signal: new AbortController().signal, progress: () => {}, over: () => {} };
    const seen = { url: urlOf(place), vantage: vantageOf(place), held: HELD, intervalMs: INTERVAL_MS };
    const nodes = { from, to };
    const how = { ...seen, limitS: 15 };
    const { events, why, drains } = await moveGently(inventory, nodes, how, waiting, () => {}, report);
    if (drains) await untilDrained(nodes, () => {}, waiting.signal);
    if (why !== undefined) throw new Error(`the VIP did not move from ${holder}: ${why}`);
    return events;
  });
}

/** A clean stop of keepalived, and a start when it is over: it has said goodbye, and its peer has the VIP. */
export async function stopped(
  place: Place,
  holder: string,
  { options, tailMs = TAIL_MS }: { options: string[]; tailMs?: number },
): Promise<Event[]> {
  const systemctl = (...argv: string[]) => place.exec(holder, ["systemctl", ...argv, "keepalived"]);
  const events = await watched(
    place,
    async () => {
      // It returns when the drain is over, and the client's connections end with the watch.
      await systemctl("stop", "--no-block", ...options);
      await waitFor("the VIP on the peer", 30_000, async () => {
        const now = holderOf(await place.status());
        return now !== undefined && now !== holder;
      });
    },
    tailMs,
  );
  await waitFor(
    "keepalived to be stopped",
    120_000,
    async () => (await systemctl("is-active")).stdout.trim() !== "active",
  );
  await systemctl("start");
  return events;
}

/** The watch that the command has, around something else. */
export async function watched(place: Place, during: () => Promise<void>, tailMs = TAIL_MS): Promise<Event[]> {
  const events: Event[] = [];
  const settings = { address: place.vip, url: urlOf(place), intervalMs: INTERVAL_MS, held: HELD };
  const prober = await startProber({ ...settings, limitS: 60, requestMs: 2500 }, vantageOf(place), (line) =>
    events.push(JSON.parse(line)),
  );
  try {
    await sleep(1000);
    await during();
    await sleep(tailMs);
  } finally {
    prober.end();
    await prober.done;
  }
  return events;
}
