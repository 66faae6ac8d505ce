import { existsSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { ACME_FILE, type AcmeSettings } from "../../node/acme/settings";
import type { Tree } from "../../node/sync/tree-hash";
import { holdsAnchor } from "../keepalived/fifo";
import { log, reasonOf } from "../log";
import { replaceFile, textOf, writeTree } from "../sync/durable";
import { readSyncSettings } from "../sync/settings";
import { readTree } from "../sync/tree";
import { Authority } from "./authority";
import {
  failedAgain,
  type Issued,
  isTooEarly,
  type Trouble,
  type Wanted,
  wantedText,
  whyDue,
} from "./decide";
import { ISSUED, readTroubles, STATE, TROUBLE } from "./places";

const CURRENT = "/etc/nginx-ha/current";
const SERVED = "/etc/nginx-ha/serving";
const SECRETS = "/etc/nginx-ha/secrets/serving";
const CONTROL = "/run/nginx-ha-sync/control.sock";
const PUBLISH_MS = 120_000;

/** On the MASTER: gets each certificate that is due, and has it published for both nodes. */
async function main(): Promise<boolean> {
  const { anchor } = readSyncSettings(`${CURRENT}/sync.json`);
  const isMaster = (): boolean => holdsAnchor(anchor);
  const text = textOf(join(SERVED, ACME_FILE));
  if (text === undefined || !isMaster()) return true;
  const settings = JSON.parse(text) as AcmeSettings;
  const now = Date.now();
  const dueOf = (from: string) => (wanted: Wanted) =>
    whyDue(issuedIn(from, wanted), wanted, settings.directory, now);

  const due = settings.certificates.filter(dueOf(SECRETS));
  const troubles = new Map(
    Object.entries(readTroubles(TROUBLE)).filter(([name]) => due.some((one) => one.name === name)),
  );
  // Of a node that was MASTER once.
  if (due.length === 0) rmSync(ISSUED, { recursive: true, force: true });
  const authority = due.length > 0 ? authorityOf(settings) : undefined;
  for (const wanted of due) {
    const { name } = wanted;
    const before = troubles.get(name);
    const what = wantedText(wanted, settings.directory);
    // Of a run that ended before both nodes had it.
    const isHere = dueOf(ISSUED)(wanted) === undefined;
    if (!isHere && isTooEarly(before, what, now)) continue;
    try {
      if (!isHere && authority) await get(wanted, settings, authority, dueOf(SECRETS)(wanted));
      await publish();
      troubles.delete(name);
    } catch (error) {
      // The node that is MASTER now does it.
      if (!isMaster()) return true;
      log("no certificate", { name, reason: reasonOf(error) });
      troubles.set(name, failedAgain(before, what, reasonOf(error), now));
    }
    remember(troubles);
  }
  remember(troubles);
  return troubles.size === 0;
}

/** What the pair serves, or what is here only. */
function issuedIn(directory: string, { name }: Wanted): Issued | undefined {
  const chain = textOf(join(directory, "acme", name, "fullchain.pem"));
  const from = textOf(join(directory, "acme", name, "directory"));
  return chain === undefined || from === undefined ? undefined : { chain, directory: from.trim() };
}

function authorityOf(settings: AcmeSettings): Authority {
  const authority = new Authority(join(STATE, "work"), settings);
  const accounts = join(SECRETS, "acme-accounts");
  if (existsSync(accounts)) authority.useAccounts(readTree(accounts));
  return authority;
}

/** Gets one, and puts it where it outlives a crash, whole, with the account that it was got by. */
async function get(
  wanted: Wanted,
  { directory }: AcmeSettings,
  authority: Authority,
  why: string | undefined,
): Promise<void> {
  const { name } = wanted;
  log("asking for a certificate", { name, why });
  const { chain, key } = await authority.certificate(wanted);
  const accounts = [...authority.accounts()].map(
    ([path, content]) => [`acme-accounts/${path}`, content] as const,
  );
  const tree: Tree = new Map([
    [`acme/${name}/fullchain.pem`, Buffer.from(chain)],
    [`acme/${name}/privkey.pem`, key],
    [`acme/${name}/directory`, Buffer.from(`${directory}\n`)],
    ...accounts,
  ]);
  rmSync(ISSUED, { recursive: true, force: true });
  writeTree(ISSUED, tree, { file: 0o600, directory: 0o700 });
}

/** Has the synchronisation publish what is in `ISSUED`. @throws Error with what it says */
async function publish(): Promise<void> {
  const { status, line } = await asked("/publish-issued?text");
  if (status !== 200) throw new Error(line);
  log("published", { what: line });
  rmSync(ISSUED, { recursive: true, force: true });
}

const asked = (path: string): Promise<{ status: number; line: string }> =>
  new Promise((resolve, reject) => {
    const one = request({ socketPath: CONTROL, path, timeout: PUBLISH_MS }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, line: text.trim() }));
    });
    one.on("timeout", () =>
      one.destroy(new Error(`the synchronisation did not answer within ${PUBLISH_MS / 1000} s`)),
    );
    one.on("error", reject).end();
  });

const remember = (troubles: Map<string, Trouble>): void =>
  replaceFile(TROUBLE, `${JSON.stringify(Object.fromEntries(troubles), null, 2)}\n`, 0o600);

main().then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    log("cannot get certificates", { reason: reasonOf(error) });
    process.exit(1);
  },
);
