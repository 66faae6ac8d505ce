import { join } from "node:path";
import type { AcmeSettings } from "../../node/acme/settings";
import { log, reasonOf } from "../log";
import { namesIn, replaceFile, textOf } from "../sync/durable";
import type { Authority } from "./authority";
import { failedAgain, isTooEarly, type Wanted, wantedText, whyDue } from "./decide";
import { forget, isExpected, issuedIn, keepIssued } from "./issued";
import { readTroubles } from "./places";

/** What one look works with; another one in tests. */
export interface Around {
  settings: AcmeSettings;
  /** The generation of secrets that the pair serves. */
  secrets: string;
  /** What an authority gave and both nodes have not got yet, a directory for each certificate. */
  issued: string;
  /** The file of what went wrong. */
  trouble: string;
  isMaster(): boolean;
  /** Made when it is needed. */
  authority(): Pick<Authority, "certificate" | "accounts">;
  /** Has what is in `issued/NAME` published. @returns what was done @throws Error with one line */
  publish(name: string): Promise<string>;
}

/** Gets each certificate that is due, and has it published for both nodes. @returns whether all is well */
export async function renew(around: Around): Promise<boolean> {
  const { settings, secrets, issued, trouble, isMaster, publish } = around;
  const now = Date.now();
  const whyIn = (from: string, wanted: Wanted): string | undefined =>
    whyDue(issuedIn(from, wanted), wanted, settings.directory, now);
  const due = settings.certificates
    .filter((one) => isExpected(secrets, one))
    .flatMap((wanted) => {
      const why = whyIn(secrets, wanted);
      return why === undefined ? [] : [{ wanted, why }];
    });
  const isDue = (name: string): boolean => due.some(({ wanted }) => wanted.name === name);
  const troubles = new Map(Object.entries(readTroubles(trouble)).filter(([name]) => isDue(name)));
  const remember = (): void => {
    const text = `${JSON.stringify(Object.fromEntries(troubles), null, 2)}\n`;
    if (textOf(trouble) !== text) replaceFile(trouble, text, 0o600);
  };
  remember();
  // Of a node that was MASTER once, or of names that come from elsewhere now.
  for (const name of namesIn(issued)) if (!isDue(name)) forget(join(issued, name));
  for (const { wanted, why } of due) {
    const { name } = wanted;
    const what = wantedText(wanted, settings.directory);
    const place = join(issued, name);
    // Of a run that ended before both nodes had it.
    const isHere = whyIn(place, wanted) === undefined;
    if (!isHere && isTooEarly(troubles.get(name), what, now)) continue;
    try {
      if (!isHere) await get(wanted, why, around);
      log("published", { name, what: await publish(name) });
      forget(place);
      troubles.delete(name);
    } catch (error) {
      // The node that is MASTER now does it.
      if (!isMaster()) return true;
      log("no certificate", { name, reason: reasonOf(error) });
      troubles.set(name, failedAgain(troubles.get(name), what, reasonOf(error), now));
    }
    remember();
  }
  return troubles.size === 0;
}

/** Gets one, and keeps it with the account that it was got by. */
async function get(wanted: Wanted, why: string, { authority, issued, settings }: Around): Promise<void> {
  const { name } = wanted;
  log("asking for a certificate", { name, why });
  const client = authority();
  const { chain, key } = await client.certificate(wanted);
  const accounts = [...client.accounts()].map(([path, content]): [string, Buffer] => [
    `acme-accounts/${path}`,
    content,
  ]);
  keepIssued(
    join(issued, name),
    new Map([
      ...accounts,
      [`acme/${name}/fullchain.pem`, Buffer.from(chain)],
      [`acme/${name}/privkey.pem`, key],
      [`acme/${name}/directory`, Buffer.from(`${settings.directory}\n`)],
    ]),
  );
}
