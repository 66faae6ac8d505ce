import { setTimeout as sleep } from "node:timers/promises";
import { longerLimit, preparedLimit } from "../../node/drain/limits";
import type { DrainSettings } from "../../node/drain/settings";
import { ask } from "../health/probe";
import { holdsAnchor } from "../keepalived/fifo";
import { log, reasonOf } from "../log";
import { run } from "../run";
import { ServingAt } from "../serving";
import { aliveConnections, endConnections, filterOf } from "./connections";
import { decide, hasMoved, type Limits, prepared, type Reason } from "./decide";
import { writeState } from "./record";
import type { Role } from "./role";
import { sendAway } from "./send-away";
import { cuts, resultOf, statusOf } from "./status";

const LOOK_MS = 100;
/** Of a drain that is under way: a busy node has many connections to count. */
const DRAINING_LOOK_MS = 250;
const ASK_EVERY_MS = 250;
/** A busy node is late, and its connections live: a detour to a dead one does no harm for a while. */
const ASK_MS = 1000;
const COMMAND_MS = 10_000;
const LED_EVERY_MS = 500;
/** What the peer says of itself. */
const PEER_HEAD = "/etc/nginx-ha/current/bin/peer-head";

/**
 * Watches the node's part until the drain is over; undoing it is for whoever called, whatever becomes of us.
 * @param stopped aborted when somebody ends the drain before its time
 */
export async function watch(role: Role, settings: DrainSettings, stopped: AbortSignal): Promise<Reason> {
  const limits: Limits = {
    preparedMs: preparedLimit * 1000,
    drainMs: (settings.seconds + (role === "detour" ? longerLimit(settings) : 0)) * 1000,
  };
  const count = (): Promise<number | undefined> => counted(role, settings);
  const peer = role === "detour" ? askingPeer(settings) : undefined;
  const led = settings.tunnel && role === "keep" ? askingWhoHasIt() : undefined;
  const over = new AbortController();
  let state = prepared(performance.now());
  let reason: Reason | undefined;
  let known: number | undefined;
  while (reason === undefined) {
    const now = performance.now();
    const master = holdsAnchor(settings.anchor);
    const peerAnswers = peer?.answers() ?? true;
    const moved = hasMoved(role, master);
    if (moved) led?.begin();
    const leads = led?.elsewhere() ?? true;
    // The MASTER has other work, and nobody needs to know before the move.
    const counts = state.phase === "draining" || (moved && leads);
    const connections = counts ? await count() : undefined;
    known = connections ?? known;
    const look = { now, master, connections, led: leads, peerAnswers };
    const before = state.phase;
    [state, reason] = decide(role, state, look, limits);
    if (before !== state.phase) {
      log("drains", { role, connections: look.connections, seconds: settings.seconds });
      if (role === "keep") void sendAway(limits.drainMs, over.signal);
    }
    if (stopped.aborted) reason ??= "stopped";
    writeState(
      "status",
      statusOf(role, state, { ...look, connections: known, preparedMs: limits.preparedMs }),
    );
    const pause = state.phase === "prepared" ? LOOK_MS : DRAINING_LOOK_MS;
    if (reason === undefined) await sleep(pause, undefined, { signal: stopped }).catch(() => {});
  }
  over.abort();
  peer?.end();
  led?.end();
  const left = state.phase === "draining" ? ((await count()) ?? known ?? 0) : 0;
  // The VIP may have come back while connections were counted, and with it everybody's.
  if (role === "keep" && cuts(state, reason) && !hasMoved(role, holdsAnchor(settings.anchor)))
    reason = "back";
  if (role === "keep" && cuts(state, reason)) await endConnections(filterOf(settings), COMMAND_MS);
  const result = resultOf(role, state, reason, {
    now: performance.now(),
    at: new Date().toISOString(),
    left,
  });
  if (role === "keep") writeState("last", result);
  log("drain over", { ...result });
  return reason;
}

/** Nothing where it cannot be known: what cannot be counted is not gone. */
async function counted(role: Role, settings: DrainSettings): Promise<number | undefined> {
  if (role !== "keep") return undefined;
  try {
    return await aliveConnections(filterOf(settings));
  } catch (error) {
    log("connections were not counted", { reason: reasonOf(error) });
    return undefined;
  }
}

/** Whether the peer's nginx answered when it was asked last; asked again and again, by itself. */
function askingPeer({ peer, healthName }: DrainSettings): { answers(): boolean; end(): void } {
  const serving = new ServingAt("/etc/nginx-ha/serving");
  let answered = true;
  let asking = false;
  const timer = setInterval(async () => {
    if (asking) return;
    asking = true;
    serving.look();
    const { port } = serving.known;
    answered = (await ask({ address: peer.address, port, healthName }, "/", ASK_MS)) !== undefined;
    asking = false;
  }, ASK_EVERY_MS);
  return { answers: () => answered, end: () => clearInterval(timer) };
}

/** Whether the VIP leads to the peer; asked from the first `begin` on until it does. */
function askingWhoHasIt(): { begin(): void; elsewhere(): boolean; end(): void } {
  let [begun, elsewhere, ended] = [false, false, false];
  const ask = async (): Promise<void> => {
    begun = true;
    while (!elsewhere && !ended) {
      const { out } = await run(PEER_HEAD, [], COMMAND_MS);
      elsewhere = /^ADDRESS=held$/m.test(out);
      if (!elsewhere) await sleep(LED_EVERY_MS);
    }
  };
  return {
    begin: () => void (begun || ask()),
    elsewhere: () => elsewhere,
    end: () => {
      ended = true;
    },
  };
}
