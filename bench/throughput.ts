import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { run } from "../lab/host/run";
import { ensureTestTools } from "../lab/host/test-tools";
import { median, spread } from "./figures";
import { report, runBench } from "./run";
import { handshakes, idle, p99, peak } from "./throughput/load";
import { busyOf, endAll, memoryOf, start } from "./throughput/processes";
import { backendConf, backendPorts, type Compared, names, type Place, proxies } from "./throughput/proxies";

/**
 * What one worker carries: the article's configuration, this pair's with its default logging and headers, and HAProxy
 * without a log and with one of the same fields, in front of the same two backends, on this machine, in one run, by turns.
 */
const ROUNDS = Number(process.env.NGINX_HA_ROUNDS ?? 5);
const SECONDS = Number(process.env.NGINX_HA_SECONDS ?? 6);
const IDLE = 10_000;
/** Of the textbook's peak, at which latencies are compared. */
const SHARE = 0.7;

type Measure = Record<Compared["name"], number[]>;
const nothing = (): Measure => Object.fromEntries(names.map((name) => [name, [] as number[]])) as Measure;

async function main(): Promise<void> {
  await ensureTestTools(report);
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-throughput-"));
  try {
    const place = { directory, certificates: await certificates(directory) };
    for (const port of backendPorts)
      await start(directory, { file: `${port}.conf`, conf: backendConf(port), port });
    const all = proxies(place);
    const pids = new Map<Compared, number>();
    for (const proxy of all) pids.set(proxy, await start(directory, proxy));
    console.log(await measured(all, place, pids));
  } finally {
    await endAll();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One of each type, for both proxies with TLS; HAProxy reads both halves from one file. */
async function certificates(directory: string): Promise<string[]> {
  const kinds = { ecdsa: ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], rsa: ["rsa:2048"] };
  for (const [name, kind] of Object.entries(kinds)) {
    const [crt, key] = ["crt", "key"].map((end) => join(directory, `${name}.${end}`)) as [string, string];
    const make = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=bench.example.org"];
    await run([...make, "-newkey", ...kind, "-out", crt, "-keyout", key]);
    await writeFile(join(directory, `${name}.pem`), await run(["cat", crt, key]), { mode: 0o600 });
  }
  return Object.keys(kinds);
}

async function measured(
  all: Compared[],
  { directory, certificates: kinds }: Place,
  pids: Map<Compared, number>,
) {
  const compared = all.filter(({ file }) => file !== "ours-second.conf");
  const peaks = await byTurns("requests/s", compared, ({ port }) => peak(port, SECONDS));
  const rate = SHARE * median(peaks.textbook);
  const latencies = await byTurns("p99", compared, ({ port }) => p99(port, rate, SECONDS, directory));
  const rows: [string, Measure, number][] = [
    ["requests/s", peaks, 0],
    [`p99 at ${Math.round(rate).toLocaleString("en")} requests/s, ms`, latencies, 2],
  ];
  for (const kind of kinds) {
    const own = all.filter(({ tls }) => tls[kind] !== undefined);
    for (const how of ["new", "reuse"] as const) {
      const what = `TLS handshakes per processor second, ${kind.toUpperCase()}, ${how === "new" ? "new" : "resumed"}`;
      const each = await byTurns(what, own, (proxy) =>
        handshakes(proxy.tls[kind] ?? 0, how, 2, () => busyOf(pids.get(proxy) ?? 0)),
      );
      rows.push([what, each, 0]);
    }
  }
  const memory = nothing();
  for (const proxy of compared) memory[proxy.name].push(await memoryOfIdle(proxy, pids.get(proxy) ?? 0));
  rows.push([`MB for ${IDLE.toLocaleString("en")} idle connections`, memory, 1]);
  return table(rows);
}

async function byTurns(
  what: string,
  all: Compared[],
  measure: (proxy: Compared) => Promise<number>,
): Promise<Measure> {
  const found = nothing();
  for (let round = 0; round < ROUNDS; round++)
    for (const proxy of all) {
      const value = await measure(proxy);
      found[proxy.name].push(value);
      report(`${what}, round ${round + 1}: ${proxy.name}: ${value.toFixed(2)}`);
    }
  return found;
}

async function memoryOfIdle({ port }: Compared, pid: number): Promise<number> {
  const before = await memoryOf(pid);
  const release = await idle(port, IDLE);
  const after = await memoryOf(pid);
  release();
  return (after - before) / 1e6;
}

function table(rows: [string, Measure, number][]): string {
  const shown = new Table({
    head: ["", ...names, "of textbook", "of HAProxy", "of that with a log"],
    style: { head: [], border: [] },
  });
  for (const [what, measure, digits] of rows) {
    const ratio = (other: number[]): string =>
      other.length === 0 ? "-" : `${(median(measure["this pair"]) / median(other)).toFixed(2)} ×`;
    const cells = names.map((name) => (measure[name].length === 0 ? "-" : spread(measure[name], digits)));
    const others = names.filter((name) => name !== "this pair").map((name) => ratio(measure[name]));
    shown.push([what, ...cells, ...others]);
  }
  return `${shown.toString()}\nMedian (from–to) of ${ROUNDS} rounds by turns; one worker each, two backends, 64 connections, all on this machine.`;
}

runBench(main);
