import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ACME_FILE } from "../../node/acme/settings";
import type { SyncSettings } from "../../node/sync/settings";
import { shortOf, type Tree, treeHash } from "../../node/sync/tree-hash";
import { ISSUED, TROUBLE, troubleOf } from "../acme/places";
import { holdsAnchor } from "../keepalived/fifo";
import { log, reasonOf } from "../log";
import { replace } from "../put";
import { feedWatchdog } from "../watchdog";
import { checkNew } from "./certificate-check";
import { forgetStaged, withCertificates } from "./certificates";
import { control } from "./control";
import { answerDetour, askForDetour, DETOUR } from "./detour";
import type { Frame } from "./frames";
import { configuration, secrets } from "./generation";
import { idOf } from "./head";
import { Link } from "./link";
import { serveControl, servePeer } from "./listen";
import { localNginx } from "./nginx";
import { answerTo, peerOver } from "./protocol";
import { Refused } from "./refused";
import { secretsNginx, wanted } from "./secrets";
import { readSyncSettings } from "./settings";
import { statusOf } from "./status";
import { stopAt } from "./step";
import { Synchroniser } from "./synchroniser";
import { nextTickets, ticketsDue, withTickets } from "./tickets";
import { readTree } from "./tree";
import { tryStack } from "./try-stack";

const HOME = "/etc/nginx-ha";
const STATE = "/var/lib/nginx-ha/sync";
const SECRETS_HOME = `${HOME}/secrets`;
const CONFIGURATION = { name: "configuration", layout: configuration };
const SECRETS = { name: "secrets", layout: secrets };
const CURRENT = `${HOME}/current`;
const RUN = process.env.RUNTIME_DIRECTORY ?? "/run/nginx-ha-sync";
/** The gate opened without having heard of the peer. */
const UNCONFIRMED = "/run/nginx-ha/unconfirmed";
/** Which generation of certificates and keys nginx has read. */
const SECRETS_READ = "/run/nginx-ha/secrets-read";
const TICK_MS = 1000;
/** A look that takes longer is taken for one that is never over: systemd starts the service again. */
const TURN_LIMIT_MS = 300_000;
const TELL_MS = 10_000;
const WATCHDOG_MS = 20_000;
/** A mistake in the settings is not mended by starting again (sysexits.h). */
const EX_CONFIG = 78;

/** The node's synchronisation: both nodes serve the same, whoever changed it, wherever. */
async function serve(settings: SyncSettings): Promise<void> {
  const { node, peer, interval, anchor, senior } = settings;
  const isMaster = (): boolean => holdsAnchor(anchor);
  let due = 0;
  const wake = (): void => {
    due = 0;
    void tick();
  };
  const link = new Link(["ssh", "-F", `${CURRENT}/sync/ssh_config`, "peer", "sync"], wake);
  const common = { node, senior, isMaster, wake, step: stopAt(process.env.NGINX_HA_STOP_AT), log };
  const now = (): number => performance.now();
  const sync = new Synchroniser({
    ...common,
    now,
    layout: configuration,
    home: HOME,
    state: STATE,
    nginx: localNginx(settings.healthName),
    peer: peerOver(link.ask, CONFIGURATION),
  });
  const keys = new Synchroniser({
    ...common,
    now,
    layout: secrets,
    home: SECRETS_HOME,
    state: `${STATE}/secrets`,
    nginx: secretsNginx({ home: HOME, serving: `${SECRETS_HOME}/serving`, read: SECRETS_READ }),
    admit: (edited, served) => checkNew(edited, served, Date.now()),
    peer: peerOver(link.ask, SECRETS),
  });
  const status = () => {
    const reachable = sync.peer !== undefined && link.connected;
    return statusOf(node, { name: peer, reachable }, { configuration: sync, secrets: keys });
  };
  const tell = (): void => replace(`${RUN}/status.json`, `${JSON.stringify(status(), null, 2)}\n`);

  let turning: number | undefined;
  const alive = (): boolean => turning === undefined || now() - turning < TURN_LIMIT_MS;
  let role: boolean | undefined;
  async function tick(): Promise<void> {
    const edited = sync.edits.waiting || keys.edits.waiting;
    if (turning !== undefined || (now() < due && role === isMaster() && !edited)) return;
    turning = now();
    role = isMaster();
    due = now() + interval * 1000;
    // What may name a certificate comes after it.
    await keys.cycle();
    await keepTickets(keys, isMaster);
    await sync.cycle();
    confirm(sync);
    const asks = isMaster() && existsSync(`${HOME}/serving/${ACME_FILE}`);
    keys.alarms.set("acme", asks ? troubleOf(TROUBLE) : undefined);
    tell();
    turning = undefined;
    // Woken meanwhile.
    if (due === 0) void tick();
  }

  feedWatchdog(alive, WATCHDOG_MS);
  await keys.recover();
  await sync.recover();
  const group = Number(/^nginx-ha:[^:]*:(\d+):/m.exec(readFileSync("/etc/group", "utf8"))?.[1]);
  const answers = {
    [SECRETS.name]: (frame: Frame) => answerTo(keys.answers, frame, SECRETS),
    [CONFIGURATION.name]: (frame: Frame) => answerTo(sync.answers, frame, CONFIGURATION),
    [DETOUR]: (frame: Frame) => answerDetour(frame, isMaster),
  };
  servePeer(`${RUN}/peer.sock`, group, answers, () => link.hurry());
  const asked = control({
    sync,
    secrets: keys,
    node,
    isMaster,
    status,
    staged: (hash) => staged(HOME, hash),
    stagedCertificates: (hash) => staged(SECRETS_HOME, hash),
    forgetStaged: (hash) => forgetStaged(`${SECRETS_HOME}/content`, hash),
    withCertificates: (stack, given) => withCertificates(withTickets(stack, Date.now()), given, wanted(HOME)),
    issued: (name) => readTree(join(ISSUED, name)),
    detour: (verb) => {
      link.hurry();
      return askForDetour(link.ask, verb, sync.reach);
    },
    wake,
  });
  serveControl(`${RUN}/control.sock`, async (url) => {
    const answer = await asked(url);
    tell();
    return answer;
  });
  link.start();
  process.once("SIGTERM", () => {
    link.stop();
    process.exit(0);
  });
  log("started", { serving: sync.keeper.store.serving(), master: `${isMaster()}`, senior: `${senior}` });
  setInterval(() => void tick(), TICK_MS);
  // A status that gets old says that this process hangs.
  setInterval(() => alive() && tell(), TELL_MS);
  wake();
}

/** The MASTER makes the keys of TLS session tickets, and makes them anew every day. */
async function keepTickets(keys: Synchroniser, isMaster: () => boolean): Promise<void> {
  const { current, keeper } = keys;
  if (!isMaster()) return;
  try {
    if (current) {
      const { stack } = await keeper.parts(current);
      const acknowledged = keeper.store.acknowledged() === idOf(current);
      if (!ticketsDue(stack, acknowledged, Date.now())) return;
    }
    // With them goes what nothing names any more.
    const next = (stack: Tree): Tree =>
      nextTickets(withCertificates(stack, new Map(), wanted(HOME)), Date.now());
    await keys.amend("tickets", next);
  } catch (error) {
    log("the keys of TLS session tickets were not renewed", { reason: reasonOf(error) });
  }
}

/** What the gate could not wait for is an alarm until it is known. */
function confirm(sync: Synchroniser): void {
  if (!existsSync(UNCONFIRMED)) return;
  if (sync.confirmed) rmSync(UNCONFIRMED, { force: true });
  else
    sync.alarms.set(
      "serving-unconfirmed",
      "the node booted, did not reach its peer in time, and serves what it had: the peer may have a later configuration",
    );
}

/** What `pulumi up` staged in a stream's home. @throws Refused */
function staged(home: string, hash: string): Tree {
  const directory = join(home, "content", shortOf(hash));
  if (!/^[0-9a-f]{64}$/.test(hash) || !existsSync(directory))
    throw new Refused("what is to be published is not staged here; run pulumi up again");
  const tree = readTree(directory);
  if (treeHash(tree) === hash) return tree;
  throw new Refused(`${directory} was changed after it was staged; run pulumi up again`);
}

function settings(): SyncSettings {
  try {
    return readSyncSettings(`${CURRENT}/sync.json`);
  } catch (error) {
    log("cannot start", { reason: reasonOf(error) });
    process.exit(EX_CONFIG);
  }
}

async function main([command, directory]: string[]): Promise<void> {
  if (command === "try" && directory !== undefined) return tryStack(HOME, directory);
  if (command === "serve") return serve(settings());
  throw new Refused("usage: sync.js serve | sync.js try DIRECTORY");
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
});
