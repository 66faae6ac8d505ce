import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../log";
import { put } from "../put";
import { checkCertificates } from "./certificate-check";
import { linkCertificates, namedCertificates, stagedCertificates } from "./certificates";
import { replaceFile, textOf } from "./durable";
import { idOf } from "./head";
import { hup, isWanted, masterPid, testCurrent } from "./nginx";
import type { Nginx } from "./surroundings";
import { quicConf, quicKey, ticketsConf } from "./tickets";
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
    const added = placeKeys(home, serving);
    // Nobody can ask nginx which it has; a service that is started again has changed nothing.
    if (why === "started" && textOf(read) === idOf(head)) return true;
    rmSync(read, { force: true });
    if (await isWanted()) {
      const wrong = await testCurrent();
      if (wrong !== undefined) {
        for (const path of added) rmSync(path, { force: true });
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

/** Where nginx's configuration finds the keys that both nodes have. @returns the paths of files that were not there */
function placeKeys(home: string, serving: string): string[] {
  const files: [string, string][] = [[`${home}/tickets.conf`, ticketsConf(serving)]];
  if (existsSync(quicKey(serving))) files.push([`${home}/quic.conf`, quicConf(serving)]);
  const changed = files.filter(([path, text]) => textOf(path) !== text);
  const added = changed.map(([path]) => path).filter((path) => !existsSync(path));
  for (const [path, text] of changed) replaceFile(path, text);
  return added;
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
