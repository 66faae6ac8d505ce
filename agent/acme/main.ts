import { existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { ACME_FILE, type AcmeSettings } from "../../node/acme/settings";
import { holdsAnchor } from "../keepalived/fifo";
import { log, reasonOf } from "../log";
import { textOf } from "../sync/durable";
import { readSyncSettings } from "../sync/settings";
import { readTree } from "../sync/tree";
import { Authority } from "./authority";
import { forget } from "./issued";
import { ISSUED, STATE, TROUBLE } from "./places";
import { renew } from "./renew";

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
  // What came here is asked for anew by whoever is MASTER.
  if (text === undefined || !isMaster()) {
    forget(ISSUED);
    return true;
  }
  const settings = JSON.parse(text) as AcmeSettings;
  let client: Authority | undefined;
  return renew({
    ...{ settings, isMaster, publish },
    ...{ secrets: SECRETS, issued: ISSUED, trouble: TROUBLE },
    authority() {
      client ??= authorityOf(settings);
      return client;
    },
  });
}

function authorityOf(settings: AcmeSettings): Authority {
  const authority = new Authority(join(STATE, "work"), settings);
  const accounts = join(SECRETS, "acme-accounts");
  if (existsSync(accounts)) authority.useAccounts(readTree(accounts));
  return authority;
}

/** Has the synchronisation publish what is in `ISSUED/NAME`. @throws Error with what it says */
async function publish(name: string): Promise<string> {
  const { status, line } = await asked(`/publish-issued?text&name=${name}`);
  if (status !== 200) throw new Error(line);
  return line;
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

main().then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    log("cannot get certificates", { reason: reasonOf(error) });
    process.exit(1);
  },
);
