import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/user-error";
import { quoted } from "../../node/shell";
import { type Running, startCommand } from "../run";

/** A program that stands alone: Node 18 runs it, here or elsewhere. */
export const proberFile = join(__dirname, "client.mjs");

/** How the prober probes. */
export interface ProberSettings {
  address: string;
  /** Scheme, Host header, port and path; the connection goes to `address`. */
  url: string;
  /** Milliseconds between two new connections. */
  intervalMs: number;
  /** Established connections that it holds. */
  held: number;
  /** Seconds after which it ends by itself. */
  limitS: number;
  /** Milliseconds that a request may take. */
  requestMs: number;
}

/** Where it runs: here, behind a command that leads elsewhere, or on a host that `ssh` knows. */
export interface Vantage {
  prefix?: readonly string[];
  from?: string;
}

/** Starts the prober; every line of its stdout is an event. Resolves when it has begun. */
export async function startProber(
  settings: ProberSettings,
  { prefix = [], from }: Vantage,
  line: (text: string) => void,
): Promise<Running> {
  const { address, url, intervalMs, limitS, held, requestMs } = settings;
  const argv = [address, url, `${intervalMs}`, `${limitS}`, `${held}`, `${requestMs}`];
  const command =
    from === undefined
      ? [...prefix, process.execPath, proberFile, ...argv]
      : ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", from, remoteCommand(argv, limitS)];
  const running = await startCommand(command, { limitS: limitS + 30 });
  const begun = new Promise<void>((done) =>
    running.lines((text) => {
      if (text.startsWith("{")) line(text);
      done();
    }),
  );
  const failed = running.done.then(({ exitCode, stderr }) => {
    const why = stderr.trim().split("\n").at(-1) || `exit status ${exitCode}`;
    throw new UserError(`The prober did not start${from ? ` on ${from}` : ""}: ${why}`);
  });
  failed.catch(() => {});
  await Promise.race([begun, failed]);
  return running;
}

/** Node on the other host reads the program as an argument, so that its stdin is free to say when to end. */
const remoteCommand = (argv: readonly string[], limitS: number): string =>
  [
    "timeout",
    `${limitS + 15}`,
    "node",
    "--input-type=module",
    "-e",
    readFileSync(proberFile, "utf8"),
    "--",
    ...argv,
  ]
    .map(quoted)
    .join(" ");
