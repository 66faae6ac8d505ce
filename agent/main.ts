import { networkInterfaces } from "node:os";
import type { AgentSettings } from "../node/claim";
import { ec2 } from "./ec2/api";
import { Clock } from "./ec2/clock";
import { roleCredentials } from "./ec2/credentials";
import { imds } from "./ec2/imds";
import { Peer } from "./health/peer";
import type { Probed } from "./health/probe";
import { causeOf } from "./health/tracks";
import { watchHealth } from "./health/watch";
import { holdsAnchor, watchFifo } from "./keepalived/fifo";
import { Liveness } from "./keepalived/liveness";
import { log, reasonOf } from "./log";
import { put, replace } from "./put";
import { ServingAt } from "./serving";
import { readSettings } from "./settings";
import { NodeState } from "./status/node-state";
import { prometheus, report } from "./status/report";
import { serveStatus } from "./status/socket";
import { readSync } from "./status/sync";
import { vipClaim } from "./vip";
import { arp } from "./vip/arp";
import type { VipClaim } from "./vip/claim";
import { feedWatchdog } from "./watchdog";
import { newWorker, type Told } from "./worker";

const CURRENT = "/etc/nginx-ha/current";
const SERVING = "/etc/nginx-ha/serving";
const SYNC_STATUS = "/run/nginx-ha-sync/status.json";
const FIFO = "/run/nginx-ha/vrrp.fifo";
const TRACKS = "/run/nginx-ha/track";
const OWN = process.env.RUNTIME_DIRECTORY ?? "/run/nginx-ha-agent";
/** A mistake in the settings is not mended by starting again (sysexits.h). */
const EX_CONFIG = 78;
const TURN_LIMIT_MS = 60_000;

/** The node's agent: while keepalived makes this node MASTER, the VIP is made to lead here; nginx is probed. */
async function main(settings: AgentSettings): Promise<void> {
  const { node, anchor, vip, claim, healthName, advertInterval, peer } = settings;
  const serving = new ServingAt(SERVING);
  // Another generation may serve on another port.
  const nginxAt = (address: string): Probed => ({
    address,
    healthName,
    get port() {
      return serving.known.port;
    },
  });
  const state = new NodeState();
  const liveness = new Liveness(Math.max(1000, 3500 * advertInterval));
  const vrrp = (): string => {
    if (!liveness.sample()) return "-";
    if (holdsAnchor(anchor)) return "MASTER";
    return state.transitions.at(-1)?.to === "FAULT" ? "FAULT" : "BACKUP";
  };
  const other = new Peer(nginxAt(peer.address));

  let turned = performance.now();
  const worker = newWorker({
    claim: await claimOf(settings, (seconds) => {
      state.clock(seconds);
      log("the clock", { secondsAhead: seconds });
    }),
    isMaster: () => holdsAnchor(anchor) && liveness.isLive(),
    holdsAnchor: () => holdsAnchor(anchor),
    senior: settings.senior,
    tell(told) {
      state.told(told);
      note(told);
    },
    turn: () => {
      turned = performance.now();
    },
  });

  const status = () => {
    serving.look();
    return report(state, {
      node,
      mode: claim.mode,
      address: vip,
      vrrp: vrrp(),
      kernel: addressesOf(settings).every(hasAddress),
      config: serving.known.config,
      peer: { name: peer.name, vrrp: other.vrrp(performance.now()) },
      sync: readSync(SYNC_STATUS),
    });
  };
  serveStatus(`${OWN}/status.sock`, status);
  setInterval(() => replace(`${OWN}/nginx-ha.prom`, prometheus(state, status())), 10_000);
  feedWatchdog(() => performance.now() - turned < TURN_LIMIT_MS, 20_000);
  let told = false;
  let was = "-";
  const health = watchHealth({
    nginx: nginxAt("127.0.0.1"),
    look: () => serving.look(),
    peer: other,
    vrrp,
    // A full or missing FIFO loses events without a word (keepalived before 2.4.0): the kernel tells as well.
    seen(role) {
      if (role === was) return;
      was = role;
      if (role === "MASTER" || (!told && role !== "-")) state.vrrp(role);
      if (role === "MASTER") worker.wake(role);
    },
    state,
    trackFile: `${TRACKS}/hang`,
    tracks: TRACKS,
    wordFile: `${OWN}/word`,
  });
  told = watchFifo(FIFO, (to) => {
    state.vrrp(to, to === "FAULT" ? causeOf(TRACKS) : undefined);
    worker.wake(to);
    health.refresh();
  });
  const end = new AbortController();
  process.once("SIGTERM", () => end.abort());
  log("started", { mode: claim.mode, master: `${holdsAnchor(anchor)}`, senior: `${settings.senior}` });
  await worker.run(end.signal);
  process.exit(0);
}

async function claimOf(
  { claim, region = "" }: AgentSettings,
  ahead: (seconds: number) => void,
): Promise<VipClaim> {
  if (claim.mode === "arp") return arp(claim);
  const metadata = imds();
  const clock = new Clock(ahead);
  const credentials = roleCredentials(metadata, clock.now);
  // Fetched before they are needed; without them the first call says what is wrong.
  await credentials.get().catch((error: unknown) => log("no credentials yet", { reason: reasonOf(error) }));
  let domain: string | undefined;
  const url = async (): Promise<string> => {
    domain ??= await metadata("meta-data/services/domain").catch(() => undefined);
    return `https://ec2.${region}.${domain ?? "amazonaws.com"}`;
  };
  await url();
  return vipClaim(ec2({ url, region }, credentials, clock), claim, metadata);
}

/** For whoever asks the node: `held` or `-`; no file while nothing is known. */
function note({ held, owner }: Told): void {
  if (owner !== "unknown") put(`${OWN}/address`, held ? "held\n" : "-\n");
}

/** On the loopback device a drain has it, too: there nobody is told of it. */
/** What keepalived adds to the interface of a MASTER. */
const addressesOf = ({ vip, claim }: AgentSettings): string[] =>
  claim.mode === "arp" && claim.address6 ? [vip, claim.address6] : [vip];

const hasAddress = (address: string): boolean =>
  Object.entries(networkInterfaces()).some(
    ([device, all]) => device !== "lo" && all?.some((one) => one.address === address),
  );

function start(): void {
  let settings: AgentSettings;
  try {
    settings = readSettings(`${CURRENT}/agent.json`);
  } catch (error) {
    log("cannot start", { reason: reasonOf(error) });
    process.exit(EX_CONFIG);
  }
  main(settings).catch((error: unknown) => {
    log("ended", { reason: reasonOf(error) });
    process.exit(1);
  });
}

start();
