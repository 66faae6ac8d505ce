import { spawn } from "node:child_process";
import type { DrainSettings } from "../../node/drain/settings";
import { log } from "../log";
import { run } from "../run";

/** Of a connection that still has something to say, as `ss` calls them. */
const ALIVE = [
  "established",
  "syn-recv",
  // What was sent is not acknowledged yet.
  "fin-wait-1",
  "close-wait",
  "last-ack",
  "closing",
];

const LIMIT_MS = 5000;

/** Ranges that the Internet does not know (RFC 1918, RFC 6598). */
export const PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * What `ss` calls the connections that a drain is about: those to the address, or, where an Elastic IP stands for it, those
 * that came by that.
 */
export const filterOf = ({ vip, peer, ipv6 }: Pick<DrainSettings, "vip" | "peer" | "ipv6">): string[] => [
  "src",
  vip,
  ...(ipv6 ? ["or", "src", `[${ipv6.vip}]`] : []),
  ...(peer.vip === vip ? [] : PRIVATE.flatMap((range) => ["and", "not", "dst", range])),
];

/**
 * How many connections are alive. The kernel leaves out all others; of the rest a line each is counted, and
 * none is kept: a busy node has a hundred thousand.
 * @param filter which ones, as `ss` has it
 * @throws Error with what `ss` says
 */
export const aliveConnections = (filter: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const states = ALIVE.flatMap((state) => ["state", state]);
    const argv = ["--no-header", "--numeric", "--tcp", ...states, ...filter];
    const child = spawn("ss", argv, { stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT_MS });
    let count = 0;
    let said = "";
    child.stdout.on("data", (part: Buffer) => {
      for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, at + 1)) count++;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-500);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(count);
      else
        reject(
          new Error(
            `ss: ${said.trim() || (signal ? `not done after ${LIMIT_MS / 1000} s` : `exit status ${code}`)}`,
          ),
        );
    });
  });

const NEWLINE = 10;

/** Ends connections by a reset, which tells their clients at once; those in TIME-WAIT are left alone. Never throws: logs why not. */
export async function endConnections(filter: readonly string[], limitMs: number): Promise<void> {
  // It tells each that it ends: more than anybody reads.
  const silent = 'exec ss --kill --tcp --no-header "$@" >/dev/null';
  const { failed, err } = await run("sh", ["-c", silent, "ss", ...filter], limitMs);
  if (failed) log("connections were left to end by themselves", { reason: err.trim() });
}
