import type { DrainSettings } from "../../node/drain/settings";
import { log, reasonOf } from "../log";
import { detour } from "./detour";
import { keep } from "./keep";
import { type Machine, machine, setAll, valuesOf } from "./machine";
import { type DrainRecord, leaveRecord, readRecord, remove, removeUnfinished, writeRecord } from "./record";
import type { PartOf, Role, Trace } from "./role";

const parts: Record<Role, PartOf> = { keep, detour };
const OTHER: Record<Role, Role> = { keep: "detour", detour: "keep" };

/**
 * Makes the node ready for its part, before the VIP moves. What an earlier drain left is taken back first.
 * @throws Error with one sentence; whoever called undoes what was done until then
 */
export function prepare(
  role: Role,
  settings: DrainSettings,
  on: Machine = machine,
  directory?: string,
): void {
  const other = OTHER[role];
  if (readRecord(other, directory))
    throw new Error(`${settings.node} has its part of another drain (${other}), which is not over`);
  undo(other, on, directory);
  undo(role, on, directory);
  // Whoever waits for this node's last drain reads what came of it: a detour right after it says nothing about that.
  if (role === "keep") remove("last", directory);
  writeRecord(role, { settings, sysctls: {} }, directory);
  const part = parts[role](settings);
  for (const command of part.first) on.run(command);
  writeRecord(role, { settings, sysctls: valuesOf(part.sysctls, on) }, directory);
  setAll(part.sysctls, on);
  for (const command of part.apply) on.run(command);
}

/**
 * Takes all of it back, whatever of it was done; nothing to take back is a success.
 * @throws Error with what is still not as it was: it stays on record, for the next time
 */
export function undo(role: Role, on: Machine = machine, directory?: string): void {
  removeUnfinished(role, directory);
  for (const name of [role, `${role}-left`] as const) {
    const record = readRecord(name, directory);
    if (!record) continue;
    takeBack(role, record, on);
    remove("status", directory);
    removeUnfinished("last", directory);
    const left = leftOf(role, record, on);
    if (left.length === 0) remove(name, directory);
    else {
      leaveRecord(name, role, directory);
      throw new Error(
        `this is left of a drain (${role}): ${left.join(", ")}; the next one takes it back first`,
      );
    }
  }
}

/** Tries all of it, whatever becomes of one thing: what was never done cannot be undone. */
function takeBack(role: Role, record: DrainRecord, on: Machine): void {
  const part = parts[role](record.settings);
  const tried = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      log("not undone, or not done", { role, reason: reasonOf(error) });
    }
  };
  for (const command of part.undo) tried(() => on.run(command));
  const remains = (kind: "guarded" | "filtered"): boolean =>
    tracesOf(
      part.traces.filter((trace) => trace[kind]),
      on,
    ).length > 0;
  for (const [path, value] of remains("guarded") ? [] : Object.entries(record.sysctls))
    tried(() => {
      if (on.get(path) !== value && on.get(path) !== undefined) on.set(path, value);
    });
  for (const command of remains("filtered") ? [] : part.last) tried(() => on.run(command));
}

/** What the machine still shows of it, or may: it is asked, for a command that failed may have had nothing to undo. */
function leftOf(role: Role, { settings, sysctls }: DrainRecord, on: Machine): string[] {
  const traces = tracesOf(parts[role](settings).traces, on);
  const values = Object.entries(sysctls).filter(([path, value]) => (on.get(path) ?? value) !== value);
  return [...traces, ...values.map(([path]) => `/proc/sys/${path}`)];
}

/** In a few words each. */
const tracesOf = (traces: Trace[], on: Machine): string[] =>
  traces
    .filter(({ argv, pattern }) => {
      try {
        return pattern.test(on.output(argv));
      } catch {
        return true;
      }
    })
    .map(({ what }) => what);
