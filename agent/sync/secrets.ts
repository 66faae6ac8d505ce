import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../log";
import { FOLDERS, linkCertificates } from "./certificates";
import { namesIn, replaceFile, textOf } from "./durable";
import { secrets } from "./generation";
import { hup, isWanted, masterPid, testCurrent } from "./nginx";
import { Refused } from "./refused";
import type { Nginx } from "./surroundings";
import { quicConf, quicKey, ticketsConf } from "./tickets";

const PROOF_MS = 10_000;

/** Where the stack's certificates and the keys of session tickets are named to nginx. */
export interface SecretPlaces {
  home: string;
  /** The generation that is served. */
  serving: string;
}

/** Certificates and keys: what is in them is looked at before the switch, what nginx says of them after it. */
export const secretsNginx = ({ home, serving }: SecretPlaces): Nginx => ({
  async test(directory) {
    checkCertificates(join(directory, secrets.watched), Date.now());
    // Their end was looked at when they came; that one ends must not keep the others from being renewed.
    for (const folder of FOLDERS) checkCertificates(join(directory, folder), undefined);
  },
  async bring() {
    linkCertificates(home, serving);
    const added = placeKeys(home, serving);
    if (!(await isWanted())) return true;
    const wrong = await testCurrent();
    if (wrong !== undefined) {
      for (const path of added) rmSync(path, { force: true });
      log("nginx does not take these certificates and keys", { reason: wrong });
      return false;
    }
    return renewed();
  },
});

/** Where nginx's configuration finds the keys that both nodes have. @returns the paths of files that were not there */
function placeKeys(home: string, serving: string): string[] {
  const files: [string, string][] = [[`${home}/tickets.conf`, ticketsConf(serving)]];
  if (existsSync(quicKey(serving))) files.push([`${home}/quic.conf`, quicConf(serving)]);
  const changed = files.filter(([path, text]) => textOf(path) !== text);
  const added = changed.map(([path]) => path).filter((path) => !existsSync(path));
  for (const [path, text] of changed) replaceFile(path, text);
  return added;
}

/**
 * Every folder with a `fullchain.pem` has its key beside it, and has not expired.
 * @param now nothing: its end does not matter
 * @throws Refused without a word of what is in a key
 */
export function checkCertificates(directory: string, now: number | undefined): void {
  for (const name of namesIn(directory)) {
    const files = namesIn(join(directory, name));
    if (!files.includes("fullchain.pem") && !files.includes("privkey.pem")) continue;
    const refuse = (why: string): never => {
      throw new Refused(`the certificate ${name} is refused: ${why}`);
    };
    const read = (file: string): Buffer =>
      files.includes(file) ? readFileSync(join(directory, name, file)) : refuse(`${file} is missing`);
    const certificate =
      attempt(() => new X509Certificate(read("fullchain.pem"))) ?? refuse("fullchain.pem is no PEM");
    const key =
      attempt(() => createPrivateKey(read("privkey.pem"))) ??
      refuse("privkey.pem is no key in PEM without a passphrase");
    if (!certificate.checkPrivateKey(key)) refuse("its key belongs to another certificate");
    if (now !== undefined && Date.parse(certificate.validTo) < now)
      refuse(`it expired on ${certificate.validTo}; renew it`);
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) throw error;
    return undefined;
  }
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
