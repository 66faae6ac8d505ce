import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { judge } from "../cli/probe/probes";
import { purge } from "../cli/purge";
import { type FaultName, faults } from "../lab/faults/faults";
import { waitFor } from "../lab/host/wait";
import { exec } from "../lab/machines/exec";
import { nodeNames } from "../lab/pair/machines";
import { stackFile, stackName } from "../lab/pair/stack";
import { readStatus } from "../lab/pair/status";
import type { PairLab } from "../lab/pair/up";
import { probeWhile, throughVip } from "../lab/probe/probe";
import { type LabPlan, machineNamed } from "../lab/state/plan";
import { idleCost } from "./cost";
import { median, spread } from "./figures";
import { settled, withPair } from "./pair";
import { report, runBench } from "./run";
import { installTextbook } from "./textbook";

/**
 * How long no request is answered when the MASTER fails: this pair beside the textbook's, on the same machines, in
 * one run. A client opens a connection every 5 ms.
 */
interface Event {
  fault: FaultName;
  what: string;
  reach: number;
  ratio?: number;
  /** The textbook's configuration does not see it; what is so until it is over, however long that is. */
  unseen?: string;
  /** Fewer runs, with a pause between them: the pair moves for a hang once a minute. */
  rarely?: boolean;
}

const events: Event[] = [
  { fault: "nginx-kill", what: "nginx killed", reach: 100, ratio: 30 },
  { fault: "node-crash", what: "node powered off", reach: 320, ratio: 10 },
  { fault: "keepalived-stop", what: "keepalived stopped cleanly", reach: 20 },
  { fault: "nginx-hang", what: "nginx hangs", reach: 1500, unseen: "nobody answers", rarely: true },
  { fault: "keepalived-freeze", what: "keepalived frozen", reach: 300, unseen: "both nodes answer" },
];
const runs = { ours: 10, textbook: 5 };

const main = (): Promise<void> =>
  withPair("bench", async (lab) => {
    report("what agent and guard take while nothing happens, a minute and a half each");
    const costs = await idleCosts(lab.plan);
    const ours = await measureAll(lab.plan, "this pair", runs.ours, () =>
      settled(() => readStatus(lab.plan)),
    );
    report("the same without agents");
    const alone = await withoutAgents(lab.plan);
    await purgeBoth(lab);
    report("installing the textbook configuration");
    await installTextbook(lab.plan);
    const seen = events.filter(({ unseen }) => !unseen);
    const home = () => heldBy(lab.plan, "nginx-a");
    const textbook = await measureAll(lab.plan, "textbook", runs.textbook, home, seen);
    console.log(table(ours, textbook));
    console.log(`nginx killed, with both agents stopped: ${spread(alone["nginx-kill"] ?? [])}`);
    console.log(costs.join("\n"));
  });

const MINUTE_MS = 61_000;

/** Reach of the agent: 0.5 % and 80 MB. */
async function idleCosts(plan: LabPlan): Promise<string[]> {
  await settled(() => readStatus(plan));
  const lines: string[] = [];
  for (const unit of ["nginx-ha-agent", "nginx-ha-guard"]) {
    for (const node of nodeNames) {
      const { processor, memory } = await idleCost(plan, node, unit, 90);
      lines.push(`${unit} on ${node}: ${processor.toFixed(2)} % of a core, ${Math.round(memory)} MB`);
    }
  }
  return lines;
}

type Figures = Record<string, number[]>;

/** The pair must fail over as fast when nobody's agent runs. */
async function withoutAgents(plan: LabPlan): Promise<Figures> {
  const everywhere = (command: string) =>
    Promise.all(nodeNames.map((name) => exec(plan, machineNamed(plan, name), ["sh", "-c", command])));
  await everywhere("systemctl stop nginx-ha-agent");
  // Nobody can be asked whether the pair is healthy, but ten seconds are ten times what it takes.
  const figures = await measureAll(
    plan,
    "without agents",
    runs.ours,
    () => sleep(10_000),
    events.slice(0, 1),
  );
  await everywhere("systemctl start nginx-ha-agent");
  return figures;
}

async function measureAll(
  plan: LabPlan,
  who: string,
  times: number,
  ready: () => Promise<unknown>,
  some: readonly Event[] = events,
): Promise<Figures> {
  const figures: Figures = {};
  for (const { fault, what, rarely = false } of some) {
    figures[fault] = [];
    for (let run = 0; run < (rarely ? 3 : times); run++) {
      if (rarely) await sleep(MINUTE_MS);
      await ready();
      const holder = await holderOf(plan);
      const { inject, undo } = faults[fault];
      try {
        const probes = await probeWhile(throughVip(plan), async () => {
          await inject(plan, holder);
          await heldBy(plan, holder === "nginx-a" ? "nginx-b" : "nginx-a");
        });
        figures[fault].push(judge(probes).gap);
      } finally {
        await undo(plan, holder);
      }
      report(`${who}: ${what}: ${figures[fault].at(-1)} ms`);
    }
  }
  return figures;
}

async function holds(plan: LabPlan, name: string): Promise<boolean> {
  const argv = ["ip", "-oneline", "address", "show", "dev", "eth0"];
  const result = await exec(plan, machineNamed(plan, name), argv).catch(() => undefined);
  return result?.stdout.includes(` ${plan.subnet.vip}/`) ?? false;
}

const heldBy = (plan: LabPlan, name: string): Promise<unknown> =>
  waitFor(`the VIP on ${name}`, 30_000, () => holds(plan, name), 50);

async function holderOf(plan: LabPlan): Promise<string> {
  for (const name of nodeNames) if (await holds(plan, name)) return name;
  throw new Error("nobody holds the VIP");
}

async function purgeBoth({ plan, pulumi }: PairLab): Promise<void> {
  for (const name of nodeNames) {
    report(await purge({ stack: stackName, configFile: stackFile(plan), env: pulumi.env }, name));
  }
}

function table(ours: Figures, textbook: Figures): string {
  const rows = new Table({
    head: ["event on the MASTER", "this pair", "textbook", "ratio", "reach"],
    style: { head: [], border: [] },
  });
  for (const { fault, what, reach, ratio, unseen } of events) {
    const mine = ours[fault] ?? [];
    const other = textbook[fault] ?? [];
    const wanted = `≤ ${reach} ms${ratio ? `, ≥ ${ratio} ×` : ""}`;
    const times = unseen ? "-" : `${(median(other) / median(mine)).toFixed(0)} ×`;
    rows.push([what, spread(mine), unseen ?? spread(other), times, wanted]);
  }
  return `${rows.toString()}\nMilliseconds without an answer: median (min–max, n). Two nodes, two backends and the client as containers on one machine.`;
}

runBench(main);
