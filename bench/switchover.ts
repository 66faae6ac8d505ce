import Table from "cli-table3";
import type { Event } from "../cli/history/events";
import { type Measured, measuredOf } from "../cli/switchover/result";
import { sentAwayLimit } from "../node/drain/limits";
import { median, spread } from "./figures";
import { settled } from "./pair";
import { holderNow, type Place, withHosts, withRegion } from "./place";
import { report, runBench } from "./run";
import { HELD, stopped, switchover, watched } from "./switchover/moves";

/**
 * What a planned move costs the clients: `nginx-ha switchover`, what `systemctl stop keepalived` on the holder comes to,
 * and what that is without `nginx-ha-handover`, as in any other pair; there and back, on the same machines, in one run, on
 * one L2 segment and through an Elastic IP on the lab's Region. A client opens a connection every 3 ms, holds eight, and
 * asks on each of them twenty times a second. What it sees while nothing moves is the machine's own; a reload of nginx ends idle
 * connections, whoever asks at that moment.
 */
const TURNS = Number(process.env.NGINX_HA_TURNS ?? 20);
/** What each move may be. */
const REACH = { ms: 20, refused: 0 };

interface Way {
  what: string;
  /** What is cut is no surprise. */
  cuts?: true;
  turn(place: Place, holder: string): Promise<Event[]>;
}

const ours: Way = { what: "nginx-ha switchover", turn: switchover };
const plain: Way = {
  what: "the same, without nginx-ha-handover",
  cuts: true,
  turn: (place, holder) => stopped(place, holder, { options: ["--job-mode=ignore-dependencies"] }),
};
const ways: Way[] = [
  ours,
  {
    what: "systemctl stop keepalived",
    turn: (place, holder) => stopped(place, holder, { options: [], tailMs: sentAwayLimit * 1000 }),
  },
  plain,
  {
    what: "(nginx is reloaded, nothing moves)",
    cuts: true,
    turn: (place, holder) =>
      watched(place, () => place.exec(holder, ["systemctl", "reload", "nginx"]).then(() => {})),
  },
  { what: "(nothing moves)", turn: (place) => watched(place, async () => {}) },
];

interface Figure extends Measured {
  /** New connections in a second. */
  rate: number;
}
type Figures = Map<Way, Figure[]>;

async function main(): Promise<void> {
  const all: [Place, Figures][] = [];
  const measure = async (place: Place): Promise<void> => {
    const figures: Figures = new Map();
    for (const way of ways) figures.set(way, await turns(place, way));
    all.push([place, figures]);
  };
  await withHosts("bench-switchover", measure);
  await withRegion("bench-switchover-aws", measure);
  for (const [place, figures] of all) console.log(table(place, figures));
  const missed = all.flatMap(([, figures]) => figures.get(ours) ?? []).filter(misses);
  if (missed.length > 0) process.exitCode = 1;
}

const misses = ({ gapMs, longestHeldMs = 0, refused, cutHeld }: Figure): boolean =>
  gapMs > REACH.ms || longestHeldMs > REACH.ms || refused > REACH.refused || cutHeld > 0;

/** Moves the VIP there and back, each time away from whoever has it. */
async function turns(place: Place, { what, turn, cuts }: Way): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (let number = 1; number <= TURNS; number++) {
    await settled(place.status);
    const holder = await holderNow(place);
    const events = await turn(place, holder);
    const measured = measuredOf(events, "the lab's client", HELD);
    if (!measured) throw new Error("the VIP did not answer the lab's client");
    const starts = events.flatMap((one) => (one.t === "probe" ? [one.start] : []));
    const rate = (starts.length - 1) / ((Math.max(...starts) - Math.min(...starts)) / 1000);
    figures.push({ ...measured, rate });
    const { gapMs, total, failed, cutHeld, longestHeldMs } = measured;
    const held = `${cutHeld} of ${HELD} cut, longest wait ${longestHeldMs} ms`;
    report(`${place.what}: ${what} ${number}: ${gapMs} ms, ${failed} of ${total} failed, ${held}`);
    if (cutHeld > 0 && !cuts) await explain(place, holder, events);
  }
  return figures;
}

/** What became of each that was cut, and when, and what the node says that was to keep them. */
async function explain({ exec }: Place, holder: string, events: Event[]): Promise<void> {
  for (const one of events)
    if (one.t === "cut") report(`cut at ${new Date(one.at).toISOString()}: ${one.error}`);
  const units = ["nginx-ha-handover", "nginx-ha-drain@keep", "nginx-ha-drain@detour"];
  const argv = ["journalctl", "--since", "-60s", "--no-pager", "--output", "short-precise"];
  const { stdout } = await exec(holder, [...argv, ...units.map((unit) => `--unit=${unit}`)]);
  report(`${holder}:\n${stdout}`);
}

function table({ what }: Place, figures: Figures): string {
  const rows = new Table({
    head: [`${what}: by`, "longest gap", "refused", "cut", "late", "established", "longest wait", "new/s"],
    style: { head: [], border: [] },
  });
  for (const [way, some] of figures) {
    const sum = (of: (one: Figure) => number): number => some.reduce((all, one) => all + of(one), 0);
    rows.push([
      way.what,
      spread(some.map(({ gapMs }) => gapMs)),
      `${sum((one) => one.refused)} of ${sum((one) => one.total)}`,
      sum((one) => one.cutNew),
      sum((one) => one.late),
      `${sum((one) => one.cutHeld)} of ${sum((one) => one.held)} cut`,
      spread(some.map(({ longestHeldMs }) => longestHeldMs ?? 0)),
      Math.round(Math.min(...some.map(({ rate }) => rate))),
    ]);
  }
  const gap = (way: Way): number => median((figures.get(way) ?? []).map(({ gapMs }) => gapMs));
  return `${rows.toString()}
Milliseconds: median (min–max, n); ratio of the gaps' medians ${(gap(plain) / gap(ours)).toFixed(1)}.
Reach: each switchover ≤ ${REACH.ms} ms, ${REACH.refused} refused, none cut. Everything on one machine.`;
}

runBench(main);
