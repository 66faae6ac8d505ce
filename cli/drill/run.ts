import { setTimeout as sleep } from "node:timers/promises";
import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import type { Power } from "../commands/target";
import type { Event, NodeEvent, StepEvent } from "../history/events";
import type { Recorder } from "../history/history";
import { startProber, type Vantage } from "../probe/prober";
import { isGood } from "../probe/probes";
import type { Running } from "../run";
import type { Remote } from "../ssh";
import { statusBy } from "../status/gather";
import { reasons, untilHealthy } from "../status/healthy";
import { reportOf, type StatusReport } from "../status/report";
import { lastingLook } from "../status/session";
import { TimedOut, type Waiting, waitUntil } from "../terminal/wait";
import { clockOffsets } from "../watch/align";
import { startSampler } from "../watch/sampler";
import { type Fault, faults, type Platform } from "./faults";
import { factsOf, inject, undo } from "./node";
import { type DrillFault, drillScripts, type Script } from "./scripts";

export interface DrillSettings {
  faults: readonly DrillFault[];
  url: string;
  vantage: Vantage;
  /** Where the prober runs, in words. */
  where: string;
  power?: Power;
}

/** Milliseconds between two new connections: 125 a second. */
const INTERVAL_MS = 8;
/** Who waits longer than this has given up. */
const REQUEST_MS = 1000;
const HEALTHY_S = 60;
const MOVE_S = 20;
/** How long it is watched that nothing moves. */
const STAY_MS = 4000;
/** Between the VIP's move and the next step: the old holder's return is part of what is looked at. */
const AFTER_MS = 1500;
const FAULT_LIMIT_S = 400;
const LAST_LOOK_S = 10;
/** Until a machine that was away takes SSH again. */
const BOOT_S = 90;
/** The pair moves for a hang once a minute. */
const HANG_REST_S = 62;

/** Rehearses one fault after the other on whoever has the VIP, and records what was done and seen. */
export async function runDrill(
  inventory: Inventory,
  remotes: Remote[],
  settings: DrillSettings,
  recorder: Recorder,
  waiting: Waiting,
  tell: (fault: DrillFault, node: string) => void,
): Promise<void> {
  const sessions = remotes.map((remote) => lastingLook(remote, lifeOf(settings)));
  const looks = sessions.map(({ look }) => look);
  const look = async (): Promise<StatusReport> => reportOf(await statusBy(inventory, looks));
  try {
    await rehearseAll(look, remotes, settings, recorder, waiting, tell);
  } finally {
    for (const one of sessions) one.end();
  }
}

/** Seconds that whatever watches a drill may live. */
const lifeOf = ({ faults }: DrillSettings): number => faults.length * FAULT_LIMIT_S;

async function rehearseAll(
  look: () => Promise<StatusReport>,
  remotes: Remote[],
  settings: DrillSettings,
  recorder: Recorder,
  waiting: Waiting,
  tell: (fault: DrillFault, node: string) => void,
): Promise<void> {
  const before = await look();
  if (before.verdict !== "healthy")
    throw new UserError(`The pair is not healthy, and a drill needs one that is: ${reasons(before)}.`);
  const facts = await Promise.all(remotes.map(factsOf));
  const [{ mode, advertMs, container } = { mode: "arp", advertMs: 100, container: false }] = facts;
  const platform: Platform = { mode, advertMs, container, power: settings.power !== undefined };
  const limitS = lifeOf(settings);
  recorder.add({
    t: "run",
    version: 1,
    kind: "drill",
    at: now(),
    pair: before.pair,
    vip: before.vip,
    nodes: remotes.map(({ name }) => name),
    mode,
    advertMs,
    intervalMs: INTERVAL_MS,
    from: settings.where,
    url: settings.url,
    faults: [...settings.faults],
    ranOn: Object.fromEntries(remotes.map(({ name }, index) => [name, facts[index]?.ranOn ?? ""])),
  });

  const states = new Map<string, NodeEvent>();
  const samplers = new Map<string, Running>();
  const seen = (event: Event): void => {
    recorder.add(event);
    if (event.t === "node") states.set(event.node, event);
    if (event.t === "lost") {
      states.delete(event.node);
      samplers.delete(event.node);
    }
  };
  const address = before.vip;
  const prober = await startProber(
    { address, url: settings.url, intervalMs: INTERVAL_MS, held: 0, limitS, requestMs: REQUEST_MS },
    settings.vantage,
    (line) => recorder.add(JSON.parse(line)),
  );
  try {
    await watchAll();
    await waitUntil("an answer through the VIP", 10, answered, waiting).catch(() => {
      throw new UserError(
        `${settings.url} does not answer ${settings.where}: ${lastError()} (--from, --url)`,
      );
    });
    for (const fault of settings.faults) await rehearse(fault);
  } finally {
    for (const one of [prober, ...samplers.values()]) one.end();
    await prober.done;
  }

  async function rehearse(name: DrillFault): Promise<void> {
    const fault = faults[name];
    const report = await healthy(`a healthy pair before ${name}`, HEALTHY_S);
    const holder = report.holder ?? "";
    const [on, peer] = [
      remotes.find((one) => one.name === holder),
      remotes.find((one) => one.name !== holder),
    ];
    if (!on || !peer) throw new Error("a healthy pair has a holder");
    const step = (what: StepEvent["step"], at = now(), why?: string): void =>
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
    const script = drillScripts[name];
    if (name === "nginx-hang") await restAfterHang();
    await undo(on, script);
    step("begin");
    recorder.add({ t: "status", at: now(), report });
    let healed = false;
    try {
      await sleep(AFTER_MS / 3, undefined, waiting);
      step("inject");
      step("injected", await begin(name, on));
      await outcome(fault, peer, (at) => step("moved", at));
      await sleep(AFTER_MS, undefined, waiting);
      if (fault.heals === "itself") await whole(name, fault, on, step);
      healed = fault.heals === "itself";
    } catch (error) {
      if (!(error instanceof TimedOut)) throw error;
      step("gave-up", now(), error.message);
    } finally {
      step("undo");
      await cleanUp(name, on, script, step);
      step("undone");
    }
    if (!healed) {
      await whole(name, fault, on, step).catch((error: unknown) => {
        if (!(error instanceof TimedOut)) throw error;
        step("gave-up", now(), error.message);
      });
    }
    const after = await healthy(`a last look after ${name}`, LAST_LOOK_S).catch(() => look());
    recorder.add({ t: "status", at: now(), report: after });
    step("end");
  }

  async function begin(name: DrillFault, on: Remote): Promise<number> {
    if (name === "node-crash" && settings.power) {
      const at = now();
      await settings.power.cut(on.name);
      return at;
    }
    const at = await inject(on, drillScripts[name]);
    return at - (clockOffsets(recorder.events).get(on.name) ?? 0);
  }

  /** Waits for the VIP to move, or watches that it stays. */
  async function outcome({ expected }: Fault, peer: Remote, moved: (at: number) => void): Promise<void> {
    if (expected === "stays") return void (await sleep(STAY_MS, undefined, waiting));
    const limit = MOVE_S + (platform.mode === "arp" ? 0 : 20);
    const state = (): NodeEvent | undefined => states.get(peer.name);
    await waitUntil(
      `${peer.name} to be MASTER${expected === "split" ? "" : " with the VIP"}`,
      limit,
      () => state()?.vrrp === "MASTER" && (expected === "split" || state()?.held === true),
      waiting,
    );
    moved((state()?.at ?? now()) - (clockOffsets(recorder.events).get(peer.name) ?? 0));
  }

  async function whole(
    name: DrillFault,
    { healS = HEALTHY_S }: Fault,
    on: Remote,
    step: (what: StepEvent["step"]) => void,
  ): Promise<void> {
    let restored = now();
    await healthy(`a whole pair after ${name}`, healS, async () => {
      // Whoever cuts the power gives it back; a machine that goes on by itself is left alone by that.
      if (!settings.power || !name.startsWith("node-") || now() - restored < 3000) return;
      restored = now();
      await settings.power.restore(on.name);
    });
    step("healed");
  }

  async function cleanUp(
    name: DrillFault,
    on: Remote,
    script: Script,
    step: (what: StepEvent["step"], at: number, why: string) => void,
  ): Promise<void> {
    try {
      if (name.startsWith("node-")) await settings.power?.restore(on.name);
      await undoWithin(on, script, name.startsWith("node-") ? BOOT_S : 0);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      step("not-undone", now(), why);
      throw new UserError(`${name} was not undone (${why}); the node tries by itself within two minutes`);
    }
  }

  /** A healthy pair of which both nodes are watched. */
  function healthy(what: string, limitS: number, meanwhile?: () => Promise<void>): Promise<StatusReport> {
    const lookAndWatch = async (): Promise<StatusReport> => {
      const report = await look();
      await meanwhile?.();
      await watchAll();
      return report;
    };
    return untilHealthy(what, limitS, lookAndWatch, waiting, () => states.size === 2);
  }

  /** A sampler on each node that has none, as far as it is reached. */
  async function watchAll(): Promise<void> {
    const without = remotes.filter(({ name }) => !samplers.has(name));
    await Promise.all(
      without.map(async (remote) => samplers.set(remote.name, await startSampler(remote, limitS, seen))),
    );
  }

  async function restAfterHang(): Promise<void> {
    const ages = (await Promise.all(remotes.map(factsOf))).flatMap(({ hangAgeS }) => hangAgeS ?? []);
    const until = now() + Math.max(0, ...ages.map((age) => HANG_REST_S - age)) * 1000;
    await waitUntil(
      "a minute since the last hang to be over",
      HANG_REST_S + 1,
      () => now() >= until,
      waiting,
    );
  }

  function answered(): boolean {
    return recorder.events.some((one) => one.t === "probe" && isGood(one));
  }
  function lastError(): string {
    const last = recorder.events.findLast((one) => one.t === "probe");
    return (last?.t === "probe" && (last.error ?? `status ${last.status}`)) || "nothing was sent";
  }
}

/** Nothing interrupts it: it is what is done when everything else was. */
async function undoWithin(on: Remote, script: Script, limitS: number): Promise<void> {
  const deadline = now() + limitS * 1000;
  for (;;) {
    try {
      return await undo(on, script);
    } catch (error) {
      if (now() > deadline) throw error;
      await sleep(1000);
    }
  }
}

const now = (): number => Math.round((performance.timeOrigin + performance.now()) * 100) / 100;
