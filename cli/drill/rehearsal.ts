import { setTimeout as sleep } from "node:timers/promises";
import { sentAwayLimit } from "../../node/drain/limits";
import type { StepEvent } from "../history/events";
import type { Running } from "../run";
import type { Remote } from "../ssh";
import { TimedOut, type Waiting, waitUntil } from "../terminal/wait";
import { now, ourTime } from "../watch/clock";
import { cleanUp } from "./clean-up";
import { type Fault, faults, healsWithin, type Platform } from "./faults";
import { factsOf, inject, undo } from "./node";
import { type DrillFault, drillScripts } from "./scripts";
import type { Drill } from "./settings";
import type { Watched } from "./watched";

const HEALTHY_S = 60;
const MOVE_S = 20;
/** An API must be asked for the VIP. */
const API_S = 20;
/** How long it is watched that nothing moves. */
const STAY_MS = 4000;
/**
 * Between the VIP's move and the next step: the old holder's return is part of what is looked at. After a planned move it is
 * looked at until that one has sent its clients away.
 */
const AFTER_MS = 1500;
const LAST_LOOK_S = 10;
/** The pair moves for a hang once a minute. */
const HANG_REST_S = 62;
/** Between two tries to give a machine its power back. */
const RESTORE_EVERY_MS = 3000;

type Step = (what: StepEvent["step"], at?: number, why?: string) => void;

/** Rehearses one fault on whoever has the VIP: waits for a healthy pair, injects, watches, undoes, waits again. */
export async function rehearse(
  name: DrillFault,
  drill: Drill,
  platform: Platform,
  watched: Watched,
  tell: (fault: DrillFault, node: string) => void,
): Promise<void> {
  const { remotes, settings, recorder, waiting, look } = drill;
  const fault = faults[name];
  const report = await watched.healthy(`a healthy pair before ${name}`, HEALTHY_S);
  const on = remotes.find((one) => one.name === report.holder);
  const peer = remotes.find((one) => one.name !== report.holder);
  if (!on || !peer) throw new Error("a healthy pair has a holder");
  const step: Step = (what, at = now(), why) =>
    recorder.add({
      t: "step",
      at,
      fault: name,
      node: on.name,
      step: what,
      ...(why !== undefined && { why }),
    });
  const cannot = fault.cannot?.(platform);
  if (cannot !== undefined) {
    step("begin");
    step("skipped", now(), cannot);
    return step("end");
  }
  tell(name, on.name);
  if (name === "nginx-hang") await restAfterHang(drill);
  await undo(on, drillScripts[name]);
  const limitS = healsWithin(name, platform);
  const held = fault.keeps && (await watched.hold(limitS));
  step("begin");
  recorder.add({ t: "status", at: now(), report });
  const { power } = settings;
  const restore = fault.boots && power ? () => power.restore(on.name) : undefined;
  const heal = async (): Promise<void> => {
    await untilWhole(name, limitS, watched, restore);
    step("healed");
  };
  let healed = false;
  try {
    await sleep(AFTER_MS / 3, undefined, waiting);
    step("inject");
    step("injected", await begin(name, on, drill));
    const movedAt = await outcome(fault, peer, platform, drill, watched);
    if (movedAt !== undefined) step("moved", movedAt);
    await sleep(fault.keeps ? sentAwayLimit * 1000 : AFTER_MS, undefined, waiting);
    // What it holds would keep the old node waiting.
    if (held) await released(held, waiting);
    if (fault.heals === "itself") {
      await heal();
      healed = true;
    }
  } catch (error) {
    giveUp(error, step);
  } finally {
    held?.end();
    step("undo");
    await cleanUp(name, on, settings, limitS, (why) => step("not-undone", now(), why));
    step("undone");
  }
  if (!healed) await heal().catch((error: unknown) => giveUp(error, step));
  const after = await watched.healthy(`a last look after ${name}`, LAST_LOOK_S).catch(() => look());
  recorder.add({ t: "status", at: now(), report: after });
  step("end");
}

async function released(held: Running, waiting: Waiting): Promise<void> {
  let over = false;
  void held.done.then(() => {
    over = true;
  });
  held.end();
  await waitUntil("what became of the connections that were held", LAST_LOOK_S, () => over, waiting);
}

/** What did not come is part of the rehearsal; anything else ends it. */
function giveUp(error: unknown, step: Step): void {
  if (!(error instanceof TimedOut)) throw error;
  step("gave-up", now(), error.message);
}

/** @returns when it was injected, by our clock */
async function begin(name: DrillFault, on: Remote, { settings, recorder }: Drill): Promise<number> {
  if (name === "node-crash" && settings.power) {
    const at = now();
    await settings.power.cut(on.name);
    return at;
  }
  return ourTime(recorder.events, on.name, await inject(on, drillScripts[name]));
}

/** Waits for the VIP to move, or watches that it stays. @returns when it moved, by our clock */
async function outcome(
  { expected }: Fault,
  peer: Remote,
  { mode }: Platform,
  { recorder, waiting }: Drill,
  { stateOf }: Watched,
): Promise<number | undefined> {
  if (expected === "stays") {
    await sleep(STAY_MS, undefined, waiting);
    return undefined;
  }
  const there = (): boolean => {
    const state = stateOf(peer.name);
    return state?.vrrp === "MASTER" && (expected === "split" || state.held);
  };
  const what = `${peer.name} to be MASTER${expected === "split" ? "" : " with the VIP"}`;
  await waitUntil(what, MOVE_S + (mode === "arp" ? 0 : API_S), there, waiting);
  const at = stateOf(peer.name)?.at;
  return at === undefined ? now() : ourTime(recorder.events, peer.name, at);
}

/**
 * Waits for both nodes to be well again.
 * @param restore gives a machine its power back, if somebody has to: one that goes on by itself is left alone by that
 */
async function untilWhole(
  name: DrillFault,
  limitS: number,
  watched: Watched,
  restore?: () => Promise<unknown>,
): Promise<void> {
  let restored = now();
  await watched.healthy(`a whole pair after ${name}`, limitS, async () => {
    if (!restore || now() - restored < RESTORE_EVERY_MS) return;
    restored = now();
    // A machine that is still going down may refuse it.
    await restore().catch(() => undefined);
  });
}

async function restAfterHang({ remotes, waiting }: Drill): Promise<void> {
  const ages = (await Promise.all(remotes.map(factsOf))).flatMap(({ hangAgeS }) => hangAgeS ?? []);
  const until = now() + Math.max(0, ...ages.map((age) => HANG_REST_S - age)) * 1000;
  await waitUntil("a minute since the last hang to be over", HANG_REST_S + 1, () => now() >= until, waiting);
}
