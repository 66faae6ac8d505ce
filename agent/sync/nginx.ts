import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { shortOf } from "../../node/sync/tree-hash";
import { ask } from "../health/probe";
import { run } from "../run";
import { portOf } from "./generation";
import { Refused } from "./refused";
import type { Nginx } from "./surroundings";

/** How long a reload may take until new workers answer. */
const PROOF_MS = 10_000;
const LOOK_MS = 15;
const PID_FILE = "/run/nginx.pid";

/** The machine's own nginx. */
export const localNginx = (healthName: string): Nginx => ({
  test: testDirectory,
  async bring({ head, parts }, why) {
    if (!(await isWanted())) return true;
    if (why === "repaired") hup();
    const hash = shortOf(head.hash);
    const probed = { address: "127.0.0.1", port: portOf(parts), healthName };
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
  const wrong = await tested(["-c", `${directory}/nginx.conf`], `${directory}/`);
  if (wrong !== undefined) throw new Refused(`nginx -t says: ${wrong}`);
}

/** What nginx says against what it would read now; nothing when all is well. */
export const testCurrent = (): Promise<string | undefined> => tested([], "");

/** @param prefix left out of what nginx says */
async function tested(argv: string[], prefix: string): Promise<string | undefined> {
  const { failed, out, err } = await run("nginx", ["-t", ...argv], 20_000);
  const said = `${out}${err}`;
  const text = prefix === "" ? said : said.replaceAll(prefix, "");
  const lines = text.split("\n");
  const clash = lines.filter((line) => line.includes("conflicting server name"));
  const wrong = [...lines.filter((line) => / \[(emerg|alert|crit|error)\] /.test(line)), ...clash];
  if (!failed && clash.length === 0) return undefined;
  return (wrong.length > 0 ? wrong.map(tidied).join("; ") : text).trim();
}

/** Without time and process: `2026/01/01 00:00:00 [emerg] 12#12: host not found …`. */
const tidied = (line: string): string => line.replace(/^(nginx: )?(\S+ \S+ )?\[\w+\] (\d+#\d+: )?/, "");

/** Whether somebody wants it to run: one that is stopped starts with what is there then. */
export async function isWanted(): Promise<boolean> {
  const { out } = await run("systemctl", ["is-active", "nginx"], 5000);
  return !/^(inactive|failed|unknown)/.test(out);
}

/** The master's process; nothing when there is none. */
export function masterPid(): number | undefined {
  try {
    const pid = Number(readFileSync(PID_FILE, "utf8"));
    return pid > 0 && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "nginx" ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Tells the master to read its configuration again; whether there is one. */
export function hup(): boolean {
  const pid = masterPid();
  try {
    return pid !== undefined && process.kill(pid, "SIGHUP");
  } catch {
    return false;
  }
}
