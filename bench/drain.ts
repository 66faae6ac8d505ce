import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { run } from "../lab/host/run";
import { ensureTestTools } from "../lab/host/test-tools";
import { median, spread } from "./figures";
import { settled } from "./pair";
import { holderNow, type Place, withHosts, withRegion } from "./place";
import { report, runBench } from "./run";

/**
 * What a drain takes from the throughput of the node that has the VIP and sends on to the other one: requests a second without
 * its rules, with them, and without them again, in one round; on one L2 segment and through an Elastic IP on the lab's Region.
 * A machine whose speed changes from minute to minute is compared with itself within one round.
 */
const ROUNDS = Number(process.env.NGINX_HA_ROUNDS ?? 12);
const SECONDS = 3;
const CONNECTIONS = 64;
/** At least this much of it must be left. */
const REACH = 0.9;
/** Its program has started by then: that is no cost of what it does. */
const STARTS_MS = 1500;
const UNIT = "nginx-ha-drain@detour.service";

const loads = {
  "kept connections": [],
  "a connection for each request": ["-H", "Connection: close"],
} satisfies Record<string, string[]>;

type Load = keyof typeof loads;
type When = "before" | "during" | "after";
type Round = Record<When, Record<Load, number>>;

async function main(): Promise<void> {
  await ensureTestTools(report);
  const all: [Place, Round[]][] = [];
  const measure = async (place: Place): Promise<void> => void all.push([place, await measured(place)]);
  await withHosts("bench-drain", measure);
  await withRegion("bench-drain-aws", measure);
  for (const [place, rounds] of all) console.log(table(place, rounds));
  const left = all.flatMap(([, rounds]) => names.map((load) => median(ratios(rounds, load, "during"))));
  if (left.some((one) => one < REACH)) process.exitCode = 1;
}

const names = Object.keys(loads) as Load[];

async function measured(place: Place): Promise<Round[]> {
  await settled(place.status);
  const holder = await holderNow(place);
  const systemctl = async (verb: string): Promise<void> => {
    const { exitCode, stderr } = await place.exec(holder, ["systemctl", verb, UNIT]);
    if (exitCode !== 0) throw new Error(`systemctl ${verb} ${UNIT} on ${holder}: ${stderr}`);
  };
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) {
    const before = await each(place);
    await systemctl("start");
    let during: Round["during"];
    try {
      await sleep(STARTS_MS);
      during = await each(place);
      await systemctl("is-active");
    } finally {
      await systemctl("stop");
    }
    rounds.push({ before, during, after: await each(place) });
    report(`${place.what}, round ${rounds.length}: ${JSON.stringify(rounds.at(-1))}`);
  }
  if ((await holderNow(place)) !== holder) throw new Error(`${holder} has lost the VIP under the load`);
  return rounds;
}

const each = async (place: Place): Promise<Record<Load, number>> => ({
  "kept connections": await rate(place, loads["kept connections"]),
  "a connection for each request": await rate(place, loads["a connection for each request"]),
});

/** Requests a second, from the lab's client. */
async function rate({ client, vip }: Place, options: string[]): Promise<number> {
  const wrk = ["wrk", "-t", "1", "-c", `${CONNECTIONS}`, "-d", `${SECONDS}s`, ...options, `http://${vip}/`];
  const text = await run(["ip", "netns", "exec", client, ...wrk], { timeoutMs: 60_000 });
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`the VIP fails under load:\n${text}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

/** Of each round, beside what is without a drain in it. */
const ratios = (rounds: Round[], load: Load, when: When): number[] =>
  rounds.map((round) => round[when][load] / ((round.before[load] + round.after[load]) / 2));

function table({ what }: Place, rounds: Round[]): string {
  const shown = new Table({
    head: [`${what}: requests/s`, "before", "during", "after", "during, of without", "after, of without"],
    style: { head: [], border: [] },
  });
  for (const load of names)
    shown.push([
      load,
      ...(["before", "during", "after"] as const).map((when) => spread(rounds.map((one) => one[when][load]))),
      ...(["during", "after"] as const).map((when) => `${median(ratios(rounds, load, when)).toFixed(2)} ×`),
    ]);
  return `${shown.toString()}
Median (min–max, n); the ratios are medians of those of each round. Reach: during ≥ ${REACH} ×. Everything on one machine.`;
}

runBench(main);
