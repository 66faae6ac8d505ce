import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import type { Event } from "../cli/history/events";
import { readInventory } from "../cli/inventory";
import { startProber, type Vantage } from "../cli/probe/prober";
import { type Remote, withNodes } from "../cli/ssh";
import { holderOf } from "../cli/status/pair-status";
import { untilDrained } from "../cli/switchover/drain";
import { moveGently } from "../cli/switchover/gently";
import type { MoveSettings } from "../cli/switchover/move";
import { type Measured, measuredOf } from "../cli/switchover/result";
import type { Inventory } from "../config/inventory";
import { waitFor } from "../lab/host/wait";
import { exec } from "../lab/machines/exec";
import { stackFile, stackName } from "../lab/pair/stack";
import { readStatus } from "../lab/pair/status";
import { machineNamespace } from "../lab/state/names";
import { type LabPlan, machineNamed } from "../lab/state/plan";
import { median, spread } from "./figures";
import { settled, withPair } from "./pair";
import { report, runBench } from "./run";

/**
 * What a planned move costs the clients: `nginx-ha switchover`, what `systemctl stop keepalived` on the holder comes to,
 * and what that is without `nginx-ha-handover`, as in any other pair; there and back, on the same machines, in one run. A
 * client opens a connection every 3 ms and holds eight. The gaps that it sees while nothing moves are the machine's own.
 */
const TURNS = 20;
const INTERVAL_MS = 3;
const HELD = 8;
/** What each move may be. */
const REACH = { gapMs: 20, refused: 0 };

const main = (): Promise<void> =>
  withPair("bench-switchover", async ({ plan, pulumi }) => {
    const source = { stack: stackName, configFile: stackFile(plan), env: pulumi.env };
    const inventory = await readInventory(source);
    const vantage = { prefix: ["ip", "netns", "exec", machineNamespace(plan.id, "client")] };
    const settings = { limitS: 15, url: `http://${inventory.vip}/`, vantage, held: HELD };
    const ours = await withNodes(inventory.nodes, (remotes) =>
      turns(plan, "switchover", (holder) => moved(inventory, remotes, holder, settings)),
    );
    const stop = (how: string, ...options: string[]) =>
      turns(plan, how, (holder) => stopped(plan, holder, vantage, settings.url, options));
    const handed = await stop("keepalived stopped");
    const plain = await stop("keepalived stopped at once", "--job-mode=ignore-dependencies");
    const still = await turns(plan, "nothing", () => watched(plan, vantage, settings.url, async () => {}));
    console.log(table({ ours, handed, plain, still }));
    if (ours.some(({ gapMs, refused }) => gapMs > REACH.gapMs || refused > REACH.refused))
      process.exitCode = 1;
  });

interface Figure extends Measured {
  /** New connections in a second. */
  rate: number;
}

/** Moves the VIP there and back, each time away from whoever has it. */
async function turns(plan: LabPlan, how: string, turn: (holder: string) => Promise<Event[]>) {
  const figures: Figure[] = [];
  for (let number = 1; number <= TURNS; number++) {
    await settled(plan);
    const events = await turn(await holderNow(plan));
    const measured = measuredOf(events, "the lab's client", HELD);
    if (!measured) throw new Error("the VIP did not answer the lab's client");
    const starts = events.flatMap((one) => (one.t === "probe" ? [one.start] : []));
    const rate = (starts.length - 1) / ((Math.max(...starts) - Math.min(...starts)) / 1000);
    figures.push({ ...measured, rate });
    const { gapMs, total, failed, cutHeld } = measured;
    report(`${how} ${number}: ${gapMs} ms, ${failed} of ${total} failed, ${cutHeld} of ${HELD} cut`);
  }
  return figures;
}

async function moved(
  inventory: Inventory,
  remotes: Remote[],
  holder: string,
  settings: MoveSettings,
): Promise<Event[]> {
  const [from, to] = [
    remotes.find(({ name }) => name === holder),
    remotes.find(({ name }) => name !== holder),
  ];
  if (!from || !to) throw new Error("a pair has two nodes");
  const waiting = { signal: new AbortController().signal, progress: () => {}, over: () => {} };
  const how = { ...settings, intervalMs: INTERVAL_MS };
  const nodes = { from, to };
  const { events, why, drains } = await moveGently(inventory, nodes, how, waiting, () => {}, report);
  if (drains) await untilDrained(nodes, () => {}, waiting.signal);
  if (why !== undefined) throw new Error(`the VIP did not move from ${holder}: ${why}`);
  return events;
}

/** A clean stop, and a start when it is over: keepalived has said goodbye, and its peer has the VIP. */
async function stopped(
  plan: LabPlan,
  holder: string,
  vantage: Vantage,
  url: string,
  options: string[],
): Promise<Event[]> {
  const systemctl = (...argv: string[]) =>
    exec(plan, machineNamed(plan, holder), ["systemctl", ...argv, "keepalived"]);
  const events = await watched(plan, vantage, url, async () => {
    // It returns when the drain is over, and the client's connections end with the watch.
    await systemctl("stop", "--no-block", ...options);
    await waitFor("the VIP on the peer", 30_000, async () => {
      const now = holderOf(await readStatus(plan));
      return now !== undefined && now !== holder;
    });
  });
  await waitFor(
    "keepalived to be stopped",
    120_000,
    async () => (await systemctl("is-active")).stdout.trim() !== "active",
  );
  await systemctl("start");
  return events;
}

/** The watch that the command has, around something else. */
async function watched(
  plan: LabPlan,
  vantage: Vantage,
  url: string,
  during: () => Promise<void>,
): Promise<Event[]> {
  const events: Event[] = [];
  const settings = { address: plan.subnet.vip, url, intervalMs: INTERVAL_MS, held: HELD };
  const prober = await startProber({ ...settings, limitS: 60, requestMs: 2500 }, vantage, (line) =>
    events.push(JSON.parse(line)),
  );
  try {
    await sleep(1000);
    await during();
    await sleep(700);
  } finally {
    prober.end();
    await prober.done;
  }
  return events;
}

async function holderNow(plan: LabPlan): Promise<string> {
  const holder = holderOf(await readStatus(plan));
  if (holder === undefined) throw new Error("nobody holds the VIP");
  return holder;
}

function table({
  ours,
  handed,
  plain,
  still,
}: Record<"ours" | "handed" | "plain" | "still", Figure[]>): string {
  const rows = new Table({
    head: ["planned move by", "longest gap", "refused", "cut", "late", "established cut", "connections/s"],
    style: { head: [], border: [] },
  });
  for (const [how, figures] of [
    ["nginx-ha switchover", ours],
    ["systemctl stop keepalived", handed],
    ["the same, without nginx-ha-handover", plain],
    ["(nothing moves)", still],
  ] as const) {
    const sum = (of: (one: Figure) => number): number => figures.reduce((all, one) => all + of(one), 0);
    const total = sum((one) => one.total);
    rows.push([
      how,
      spread(figures.map(({ gapMs }) => gapMs)),
      `${sum((one) => one.refused)} of ${total}`,
      sum((one) => one.cutNew),
      sum((one) => one.late),
      `${sum((one) => one.cutHeld)} of ${sum((one) => one.held)}`,
      Math.round(Math.min(...figures.map(({ rate }) => rate))),
    ]);
  }
  const gaps = (figures: Figure[]): number => median(figures.map(({ gapMs }) => gapMs));
  return `${rows.toString()}
Milliseconds without an answer: median (min–max, n); ratio of the medians ${(gaps(plain) / gaps(ours)).toFixed(1)}.
Reach: each switchover ≤ ${REACH.gapMs} ms, ${REACH.refused} refused. Everything on one machine.`;
}

runBench(main);
