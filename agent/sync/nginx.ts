import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../health/probe";
import { Refused } from "./refused";
import type { Nginx } from "./surroundings";

/** How long a reload may take until new workers answer. */
const PROOF_MS = 10_000;
const LOOK_MS = 15;
const PID_FILE = "/run/nginx.pid";

/** The machine's own nginx. */
export const localNginx = (healthName: string): Nginx => ({
  test: testDirectory,
  async bring(hash, port, again = false) {
    if (!(await isWanted())) return true;
    if (again) hup();
    const probed = { address: "127.0.0.1", port, healthName };
    const deadline = performance.now() + PROOF_MS;
    for (let told = false; performance.now() < deadline; await sleep(LOOK_MS)) {
      if ((await ask(probed, "/", 1000))?.trim() === hash) return true;
      // A master that is starting reads the configuration anyway; one that was told reads it once.
      if (!told) told = hup();
    }
    return false;
  },
});

/**
 * Tests a directory as nginx would read it. A server name that two servers have is a warning of nginx's, and one of
 * them would never be reached: the operator's files and the stack's must not clash.
 * @throws Refused with what nginx says
 */
export async function testDirectory(directory: string): Promise<void> {
  const { failed, said } = await run("nginx", ["-t", "-c", `${directory}/nginx.conf`], 20_000);
  const text = said.replaceAll(`${directory}/`, "");
  const wrong = text
    .split("\n")
    .filter((line) => / \[(emerg|alert|crit|error)\] |conflicting server name/.test(line));
  if (failed || wrong.some((line) => line.includes("conflicting server name")))
    throw new Refused(`nginx -t says: ${(wrong.length > 0 ? wrong.map(tidied).join("; ") : text).trim()}`);
}

/** Without time and process: `2026/01/01 00:00:00 [emerg] 12#12: host not found …`. */
const tidied = (line: string): string => line.replace(/^(nginx: )?(\S+ \S+ )?\[\w+\] (\d+#\d+: )?/, "");

/** Whether somebody wants it to run: one that is stopped starts with what is there then. */
async function isWanted(): Promise<boolean> {
  const { said } = await run("systemctl", ["is-active", "nginx"], 5000);
  return !/^(inactive|failed|unknown)/.test(said);
}

/** Tells the master to read its configuration again; whether there is one. */
function hup(): boolean {
  try {
    const pid = Number(readFileSync(PID_FILE, "utf8"));
    if (!pid || readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "nginx") return false;
    process.kill(pid, "SIGHUP");
    return true;
  } catch {
    return false;
  }
}

const run = (file: string, argv: string[], timeout: number): Promise<{ failed: boolean; said: string }> =>
  new Promise((resolve) => {
    execFile(file, argv, { timeout, env: { PATH: process.env.PATH, LC_ALL: "C" } }, (error, out, err) =>
      resolve({ failed: error !== null, said: `${out}${err}` || (error?.message ?? "") }),
    );
  });
