import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { judge } from "../cli/probe/probes";
import { holderOf } from "../cli/status/pair-status";
import { exec } from "../lab/machines/exec";
import { nodeNames } from "../lab/pair/machines";
import { readStatus } from "../lab/pair/status";
import { probeWhile, throughVip } from "../lab/probe/probe";
import { type LabPlan, machineNamed } from "../lab/state/plan";
import { median, spread } from "./figures";
import { withPair } from "./pair";
import { report, runBench } from "./run";

/**
 * How long a change on the MASTER takes until both nodes are proved to serve it, what it costs the clients meanwhile, and
 * what the synchronisation costs while nothing changes.
 */
const RUNS = 30;
const IDLE_S = 60;
/** What the median may be, milliseconds, and the processor's share, percent. */
const REACH = { ms: 1000, percent: 0.5 };

const main = (): Promise<void> =>
  withPair("bench-sync", async ({ plan }) => {
    const holder = holderOf(await readStatus(plan)) ?? "nginx-a";
    report(`${RUNS} small publications, ${RUNS / 3} of 5 MB`);
    const small = await published(plan, holder, RUNS, 'echo "# $n" >/etc/nginx-ha/sites/bench.conf');
    const large = await published(
      plan,
      holder,
      RUNS / 3,
      "(echo \"# $n\"; yes '# five megabytes' | head -n 294118) >/etc/nginx-ha/sites/bench.conf",
    );
    let under: number[] = [];
    const change = 'echo "# load $n" >/etc/nginx-ha/sites/bench.conf';
    const probes = await probeWhile(throughVip(plan), async () => {
      under = await published(plan, holder, RUNS, change);
    });
    report(`idle for ${IDLE_S} s`);
    const idle = await idleCost(plan);
    console.log(table({ small, under, large }, judge(probes), idle));
    if (median(small) > REACH.ms || Math.max(...idle.percent) > REACH.percent) process.exitCode = 1;
  });

/** Milliseconds from a change to the answer that both nodes serve it: each asked its nginx, and got the new hash. */
async function published(plan: LabPlan, holder: string, runs: number, change: string): Promise<number[]> {
  const script = `for n in $(seq ${runs}); do ${change}; from=$(date +%s%3N)
    said=$(nginx-ha publish) || exit 1
    case "$said" in *"on both nodes") echo $(($(date +%s%3N) - from)) ;; *) echo "$said" >&2; exit 1 ;; esac
  done`;
  return (await output(plan, holder, script)).split("\n").map(Number);
}

/** What runs for the synchronisation on each node: its processor time in percent, its memory, and logins of the peer. */
async function idleCost(plan: LabPlan) {
  // Systemd counts the daemon and its ssh; the peer's session and its socat are counted by their user.
  const used = `own=$(systemctl show -P CPUUsageNSec nginx-ha-sync)
    session=$(cat $(ps -o pid= -u nginx-ha | sed 's#.*#/proc/&/stat#; s# ##g') /dev/null 2>/dev/null | awk '{t += $14 + $15} END {print t * 10000000}')
    main=$(systemctl show -P MainPID nginx-ha-sync)
    resident=$(ps -o rss= --pid $main --ppid $main | awk '{kb += $1} END {print kb * 1024}')
    echo $((own + session)) $(journalctl -u ssh -o cat --no-pager | grep -c 'Accepted publickey for nginx-ha') $resident`;
  const look = () =>
    Promise.all(nodeNames.map(async (name) => (await output(plan, name, used)).split(" ").map(Number)));
  await sleep(15_000);
  const before = await look();
  await sleep(IDLE_S * 1000);
  const after = await look();
  const grown = (column: number) =>
    after.map((row, node) => (row[column] ?? 0) - (before[node]?.[column] ?? 0));
  return {
    percent: grown(0).map((nanoseconds) => nanoseconds / IDLE_S / 1e7),
    logins: grown(1),
    megabytes: after.map((row) => (row[2] ?? 0) / 1024 / 1024),
  };
}

async function output(plan: LabPlan, name: string, script: string): Promise<string> {
  const argv = ["bash", "-c", script];
  const { exitCode, stdout, stderr } = await exec(plan, machineNamed(plan, name), argv, {
    timeoutMs: 300_000,
  });
  if (exitCode !== 0) throw new Error(`on ${name}: exit ${exitCode}: ${stderr}`);
  return stdout.trim();
}

function table(
  { small, under, large }: Record<"small" | "under" | "large", number[]>,
  { total, failed }: ReturnType<typeof judge>,
  idle: Awaited<ReturnType<typeof idleCost>>,
): string {
  const rows = new Table({ head: ["what", "figure"], style: { head: [], border: [] } });
  const list = (all: number[], digits: number) => all.map((one) => one.toFixed(digits)).join(" and ");
  rows.push(
    ["a change, until both nodes are proved to serve it", `${spread(small)} ms`],
    [
      "the same while a client connects every 5 ms",
      `${spread(under)} ms; ${failed} of ${total} requests failed`,
    ],
    ["a change of 5 MB", `${spread(large)} ms`],
    [`idle, processor on each node`, `${list(idle.percent, 2)} % of a core`],
    [`idle, SSH handshakes in ${IDLE_S} s`, list(idle.logins, 0)],
    ["memory of the service, its ssh included", `${list(idle.megabytes, 0)} MB`],
  );
  return rows.toString();
}

runBench(main);
