import Table from "cli-table3";
import { run } from "../lab/host/run";
import { ensureTestTools } from "../lab/host/test-tools";
import { median, spread } from "./figures";
import { settled } from "./pair";
import { holderNow, type Place, withHosts } from "./place";
import { report, runBench } from "./run";

/**
 * What a drain takes from the throughput of the node that has the VIP and sends on to the other one: requests a second
 * without its rules and with them, by turns, on one L2 segment. The lab's Region carries no such load: there packets are lost
 * without a drain, too.
 */
const ROUNDS = Number(process.env.NGINX_HA_ROUNDS ?? 7);
const SECONDS = 5;
const CONNECTIONS = 64;
/** At least this much of it must be left. */
const REACH = 0.9;
const UNIT = "nginx-ha-drain@detour.service";

const loads = {
  "kept connections": [],
  "a connection for each request": ["-H", "Connection: close"],
} satisfies Record<string, string[]>;

interface Row {
  load: keyof typeof loads;
  /** Before the node's first drain since it booted. */
  before: number[];
  during: number[];
  after: number[];
}

async function main(): Promise<void> {
  await ensureTestTools(report);
  await withHosts("bench-drain", async (place) => {
    const rows = await measured(place);
    console.log(table(rows));
    if (rows.some((row) => ratio(row.during, row.after) < REACH)) process.exitCode = 1;
  });
}

async function measured(place: Place): Promise<Row[]> {
  await settled(place.status);
  const holder = await holderNow(place);
  const systemctl = async (verb: string): Promise<void> => {
    const { exitCode, stderr } = await place.exec(holder, ["systemctl", verb, UNIT]);
    if (exitCode !== 0) throw new Error(`systemctl ${verb} ${UNIT} on ${holder}: ${stderr}`);
  };
  const rows = (Object.keys(loads) as Row["load"][]).map((load) => ({ load, ...empty() }));
  const into = async (when: "before" | "during" | "after"): Promise<void> => {
    for (const row of rows) {
      row[when].push(await load(place, loads[row.load]));
      report(`${row.load}, ${when}: ${row[when].at(-1)}`);
    }
  };
  for (let round = 0; round < ROUNDS; round++) await into("before");
  for (let round = 0; round < ROUNDS; round++) {
    await systemctl("start");
    try {
      await into("during");
    } finally {
      await systemctl("stop");
    }
    await into("after");
  }
  if ((await holderNow(place)) !== holder) throw new Error(`${holder} has lost the VIP under the load`);
  return rows;
}

const empty = (): Pick<Row, "before" | "during" | "after"> => ({ before: [], during: [], after: [] });

/** Requests a second, from the lab's client. */
async function load({ client, vip }: Place, options: string[]): Promise<number> {
  const wrk = ["wrk", "-t", "1", "-c", `${CONNECTIONS}`, "-d", `${SECONDS}s`, ...options, `http://${vip}/`];
  const text = await run(["ip", "netns", "exec", client, ...wrk], { timeoutMs: 60_000 });
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`the VIP fails under load:\n${text}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

const ratio = (some: number[], others: number[]): number => median(some) / median(others);

function table(rows: Row[]): string {
  const shown = new Table({
    head: ["requests/s", "before any", "during", "after", "during/after", "after/before"],
    style: { head: [], border: [] },
  });
  for (const { load, before, during, after } of rows)
    shown.push([
      load,
      ...[before, during, after].map((some) => spread(some)),
      `${ratio(during, after).toFixed(2)} ×`,
      `${ratio(after, before).toFixed(2)} ×`,
    ]);
  return `${shown.toString()}\nMedian (min–max, n); during and after by turns. Reach: during ≥ ${REACH} ×. Everything on one machine.`;
}

runBench(main);
