import { readFile, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { attempt, run } from "../../lab/host/run";

const CONNECTIONS = 64;

/** Requests per second at full load. */
export async function peak(port: number, seconds: number): Promise<number> {
  const argv = ["wrk", "-t", "1", "-c", `${CONNECTIONS}`, "-d", `${seconds}s`, `http://127.0.0.1:${port}/`];
  const text = await run(argv);
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`the proxy on ${port} fails:\n${text}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

/** The 99th percentile of the latency in ms at this many requests per second. */
export async function p99(port: number, rate: number, seconds: number, directory: string): Promise<number> {
  const file = join(directory, "latency.tsv");
  await rm(file, { force: true });
  const each = Math.max(1, Math.round(rate / CONNECTIONS));
  const argv = ["h2load", "--h1", "-t", "1", "-c", `${CONNECTIONS}`, "-D", `${seconds}`, `--rps=${each}`];
  await run([...argv, `--log-file=${file}`, `http://127.0.0.1:${port}/`], { timeoutMs: 120_000 });
  const rows = (await readFile(file, "utf8")).trim().split("\n");
  const times = rows.map((row) => Number(row.split("\t")[2])).sort((a, b) => a - b);
  return (times[Math.floor(times.length * 0.99)] ?? Number.NaN) / 1000;
}

/**
 * TLS handshakes for each second of the server's processor, which is what one worker carries: the client, which needs as
 * much, and whatever else runs here, do not count. New ones, or resumed ones; of TLS 1.2, whose sessions s_time can resume.
 * @param busy the server's processor time so far, seconds
 */
export async function handshakes(
  port: number,
  kind: "new" | "reuse",
  seconds: number,
  busy: () => Promise<number>,
): Promise<number> {
  const to = ["-connect", `127.0.0.1:${port}`];
  const argv = ["openssl", "s_time", ...to, `-${kind}`, "-time", `${seconds}`, "-tls1_2"];
  const begin = await busy();
  const { stdout, stderr } = await attempt(argv, { timeoutMs: 60_000 });
  const took = (await busy()) - begin;
  const text = `${stdout}${stderr}`;
  const count = Number(/(\d+) connections in \d+ real seconds/.exec(text)?.[1]);
  if (!(count > 0) || !(took > 0)) throw new Error(`openssl s_time on ${port}: ${stderr}`);
  // It prints a letter for each: r for one that was resumed.
  const resumed = /^[*tr]+$/m.exec(text)?.[0].match(/r/g)?.length ?? 0;
  if (kind === "reuse" && resumed < count / 2) throw new Error(`the server on ${port} resumes no session`);
  return count / took;
}

const REQUEST = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";

/** Opens connections that have had one answer each, and stay; what is returned ends them. */
export async function idle(port: number, count: number): Promise<() => void> {
  const sockets: Socket[] = [];
  const one = (): Promise<void> =>
    new Promise((done, failed) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(REQUEST));
      sockets.push(socket);
      socket.once("data", () => done()).once("error", failed);
    });
  for (let opened = 0; opened < count; opened += 250) await Promise.all(Array.from({ length: 250 }, one));
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
