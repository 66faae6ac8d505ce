import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { judge } from "../cli/probe/probes";
import { scripts } from "../lab/faults/scripts";
import { waitFor } from "../lab/host/wait";
import { probeWhile } from "../lab/probe/probe";
import { AwsSubject } from "../test/lab/aws/subject";
import { installAwseip } from "./awseip";
import { median, spread } from "./figures";
import { report, runBench } from "./run";

/**
 * How long no request through an Elastic IP is answered when the MASTER fails, on the lab's Region, whose API takes a
 * millisecond or two: this pair, and the same pair with ClusterLabs' awseip (Debian's resource-agents and awscli) as
 * keepalived's notify script instead of the agent, in one run.
 */
const pair = new AwsSubject("bench-aws");

interface Event {
  what: string;
  reach: number;
  turns: number;
  inject(holder: string): Promise<unknown>;
  undo(holder: string): Promise<unknown>;
  /** Milliseconds that must pass since the last one: the pair moves for a hang once a minute. */
  restMs?: number;
  /** The time of the election, which a hook shares; or something that a hook does not do at all. */
  oursOnly?: boolean;
}

const script = (name: keyof typeof scripts) => ({
  inject: (holder: string) => pair.succeed(holder, scripts[name].inject),
  undo: (holder: string) => pair.succeed(holder, scripts[name].undo),
});

const events: Event[] = [
  { what: "nginx killed", reach: 150, turns: 9, ...script("nginx-kill") },
  {
    what: "node powered off",
    reach: 2000,
    turns: 5,
    oursOnly: true,
    inject: (holder) => pair.power("cut", holder),
    undo: (holder) => pair.power("restore", holder),
  },
  { what: "nginx hangs", reach: 1500, turns: 3, restMs: 61_000, oursOnly: true, ...script("nginx-hang") },
  { what: "address stolen", reach: 2000, turns: 5, oursOnly: true, inject: steal, undo: async () => {} },
];

async function main(): Promise<void> {
  try {
    report("a Region, and a pair in it");
    await pair.start();
    await pair.mustUp();
    const ours = await measure("this pair", events, async () => {
      await pair.untilHealthy();
      await sleep(3000);
    });
    report("installing awscli and resource-agents on both nodes");
    for (const node of ["nginx-a", "nginx-b"]) await installAwseip(pair, node);
    const hooked = events.filter(({ oursOnly }) => !oursOnly);
    const theirs = await measure("awseip", hooked, async () => {
      const clear = async () => (await pair.curl()).includes('"backend"');
      await waitFor("an answer", 60_000, clear, 500);
      await sleep(8000);
    });
    console.log(table(ours, theirs));
  } finally {
    await pair.end();
  }
}

type Figures = Record<string, number[]>;

async function measure(who: string, some: Event[], ready: () => Promise<unknown>): Promise<Figures> {
  const figures: Figures = {};
  for (const { what, turns, inject, undo, restMs = 0 } of some) {
    figures[what] = [];
    for (let turn = 0; turn < turns; turn++) {
      await sleep(restMs);
      await ready();
      const holder = await owner();
      try {
        const probes = await probeWhile(pair.throughVip(), async () => {
          await inject(holder);
          await sleep(500);
          const back = async () => (await pair.curl()).includes('"backend"');
          await waitFor("an answer through the VIP", 60_000, back, 100);
          await sleep(1000);
        });
        figures[what].push(judge(probes).gap);
      } finally {
        await undo(holder);
      }
      report(`${who}: ${what}: ${figures[what].at(-1)} ms`);
    }
  }
  return figures;
}

/** The node to whose interface the Region has the address associated; nobody's agent is asked. */
async function owner(): Promise<string> {
  const { addresses, interfaces } = await pair.model();
  const vip = Object.values(addresses).find(({ publicIp }) => publicIp === pair.vip);
  const { attachment } = interfaces[vip?.association?.networkInterfaceId ?? ""] ?? {};
  for (const name of ["nginx-a", "nginx-b"])
    if ((await pair.instance(name)).id === attachment?.instanceId) return name;
  throw new Error(`${pair.vip} is associated with neither node`);
}

/** Somebody with every right gives the address to another interface. */
async function steal(): Promise<void> {
  const { subnets, addresses } = await pair.model();
  const { networkInterface } = await pair.ec2("CreateNetworkInterface", {
    SubnetId: Object.keys(subnets)[0] ?? "",
  });
  const AllocationId = Object.values(addresses).find(({ publicIp }) => publicIp === pair.vip)?.id ?? "";
  const NetworkInterfaceId = networkInterface.networkInterfaceId;
  await pair.ec2("AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: true });
}

function table(ours: Figures, theirs: Figures): string {
  const rows = new Table({
    head: ["event", "this pair", "awseip", "ratio", "reach"],
    style: { head: [], border: [] },
  });
  for (const { what, reach } of events) {
    const [mine = [], other = []] = [ours[what], theirs[what]];
    const ratio = other.length > 0 ? `${(median(other) / median(mine)).toFixed(0)} ×` : "-";
    rows.push([what, spread(mine), other.length > 0 ? spread(other) : "-", ratio, `≤ ${reach} ms`]);
  }
  return `${rows.toString()}\nMilliseconds without an answer: median (min–max, n). A Region, its API and every machine as containers on one machine; A = 0.5 s.`;
}

runBench(main);
