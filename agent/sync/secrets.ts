import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../log";
import { put } from "../put";
import { checkCertificates } from "./certificate-check";
import { linkCertificates, namedCertificates, stagedCertificates } from "./certificates";
import { replaceFile, textOf } from "./durable";
import { idOf } from "./head";
import { hup, isWanted, masterPid, testCurrent } from "./nginx";
import type { Nginx } from "./surroundings";
import { ticketsConf } from "./tickets";
import { readTree } from "./tree";

const PROOF_MS = 10_000;

/** Where the stack's certificates and the keys of session tickets are named to nginx. */
export interface SecretPlaces {
  home: string;
  /** The generation that is served. */
  serving: string;
  /** Says which generation nginx has read, until the machine's next start. */
  read: string;
}

/** Certificates and keys: what is in them is looked at before the switch, what nginx says of them after it. */
export const secretsNginx = ({ home, serving, read }: SecretPlaces): Nginx => ({
  async test(directory) {
    checkCertificates(readTree(directory, 2));
  },
  async bring({ head }, why) {
    linkCertificates(home, serving);
    const added = placeTicketsConf(home, serving);
    // Nobody can ask nginx which it has; a service that is started again has changed nothing.
    if (why === "started" && textOf(read) === idOf(head)) return true;
    rmSync(read, { force: true });
    if (await isWanted()) {
      const wrong = await testCurrent();
      if (wrong !== undefined) {
        if (added !== undefined) rmSync(added, { force: true });
        log("nginx does not take these certificates and keys", { reason: wrong });
        return false;
      }
      if (!(await renewed())) return false;
    }
    put(read, idOf(head));
    return true;
  },
});

/** The certificates that stay: of what is served, can be gone back to, or is about to be; and those that the stack has. */
export const wanted = (home: string): Set<string> =>
  new Set([
    ...namedCertificates([`${home}/generations`, `${home}/content`]),
    ...stagedCertificates(`${home}/secrets/content`),
  ]);

/** Where nginx's configuration finds the keys of session tickets. @returns its path when it was not there */
function placeTicketsConf(home: string, serving: string): string | undefined {
  const path = `${home}/tickets.conf`;
  const text = ticketsConf(serving);
  const before = textOf(path);
  if (before === text) return undefined;
  replaceFile(path, text);
  return before === undefined ? path : undefined;
}

/** Has nginx read them, and waits until there are workers that have. */
async function renewed(): Promise<boolean> {
  const before = workers();
  if (!hup()) return true;
  for (const deadline = performance.now() + PROOF_MS; performance.now() < deadline; await sleep(15))
    if (workers().some((pid) => !before.includes(pid))) return true;
  return false;
}

function workers(): string[] {
  const master = masterPid();
  if (master === undefined) return [];
  try {
    return readFileSync(`/proc/${master}/task/${master}/children`, "utf8").trim().split(" ");
  } catch {
    return [];
  }
}
