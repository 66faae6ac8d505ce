import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { readText } from "../../lab/host/files";
import { childrenOf } from "../../lab/host/processes";
import { waitFor } from "../../lab/host/wait";

/** Processes of the bench; all are ended with it. */
const running: ChildProcess[] = [];

/** In a mount namespace, so that nginx's pid file and logs are the bench's own, wherever its file says they are. */
const APART = 'mount -t tmpfs tmpfs /run && mount --bind "$1" /var/log/nginx && shift && exec "$@"';

/** Starts a server, whose output is a file beside its logs, and waits until it takes connections on the port. */
export async function start(
  directory: string,
  { file, conf, port }: { file: string; conf: string; port: number },
): Promise<number> {
  const path = join(directory, file);
  const logs = join(directory, `${file}.logs`);
  await mkdir(logs, { recursive: true });
  await writeFile(path, conf);
  const argv = file.endsWith(".cfg")
    ? ["haproxy", "-db", "-f", path]
    : ["nginx", "-c", path, "-g", "daemon off;"];
  const output = await open(join(logs, "stdout"), "w");
  const child = spawn("unshare", ["--mount", "sh", "-c", APART, "apart", logs, ...argv], {
    stdio: ["ignore", output.fd, "inherit"],
  });
  await output.close();
  running.push(child);
  await waitFor(`${file} to listen on ${port}`, 10_000, () => takesConnections(port), 50);
  return child.pid ?? 0;
}

/** Ends all that was started. */
export async function endAll(): Promise<void> {
  await Promise.all(
    running.splice(0).map(async (child) => {
      if (child.exitCode !== null) return;
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(timer);
    }),
  );
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(true)).once("error", () => done(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Bytes that a server and its children have for themselves (PSS of what they share). */
export async function memoryOf(pid: number): Promise<number> {
  const pids = [pid, ...(await childrenOf(pid))];
  const texts = await Promise.all(pids.map((one) => readText(`/proc/${one}/smaps_rollup`)));
  return texts.reduce((sum, text) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(text ?? "")?.[1] ?? 0) * 1024, 0);
}

/** Seconds that a server and its children have run on a processor (proc(5), stat: utime and stime). */
export async function busyOf(pid: number): Promise<number> {
  const pids = [pid, ...(await childrenOf(pid))];
  const texts = await Promise.all(pids.map((one) => readText(`/proc/${one}/stat`)));
  const ticks = texts.map((text = "") => {
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + (one || 0), 0) / TICKS;
}

/** Linux's USER_HZ, on every machine that Debian runs on. */
const TICKS = 100;
