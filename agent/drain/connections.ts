import { spawn } from "node:child_process";

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

/**
 * How many connections to an address are alive. The kernel leaves out all others; of the rest a line each is counted, and
 * none is kept: a busy node has a hundred thousand.
 * @throws Error with what `ss` says
 */
export const connectionsTo = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const states = ALIVE.flatMap((state) => ["state", state]);
    const argv = ["--no-header", "--numeric", "--tcp", ...states, "src", address];
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
