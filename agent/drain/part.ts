import type { DrainSettings } from "../../node/drain/settings";
import { log, reasonOf } from "../log";
import { detour } from "./detour";
import { keep } from "./keep";
import { type Machine, machine, setAll, valuesOf } from "./machine";
import { readRecord, removeLast, removeRecord, removeStatus, writeRecord } from "./record";
import type { PartOf, Role } from "./role";

const parts: Record<Role, PartOf> = { keep, detour };
const OTHER: Record<Role, Role> = { keep: "detour", detour: "keep" };

/**
 * Makes the node ready for its part, before the VIP moves. What an earlier drain of the same role left is taken back first.
 * @throws Error with one sentence; whoever called undoes what was done until then
 */
export function prepare(
  role: Role,
  settings: DrainSettings,
  on: Machine = machine,
  directory?: string,
): void {
  if (readRecord(OTHER[role], directory))
    throw new Error(`${settings.node} has its part of another drain (${OTHER[role]}), which is not over`);
  undo(role, on, directory);
  removeLast(directory);
  const found = on.found(settings.interface);
  writeRecord(role, { settings, found, sysctls: {} }, directory);
  const part = parts[role](settings, found);
  for (const command of part.first) on.run(command);
  writeRecord(role, { settings, found, sysctls: valuesOf(part.sysctls, on) }, directory);
  setAll(part.sysctls, on);
  for (const command of part.apply) on.run(command);
}

/** Takes all of it back, whatever of it was done; nothing to take back is a success. */
export function undo(role: Role, on: Machine = machine, directory?: string): void {
  const record = readRecord(role, directory);
  if (!record) return;
  const part = parts[role](record.settings, record.found);
  const tried = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      log("not undone, or not done", { role, reason: reasonOf(error) });
    }
  };
  for (const command of part.undo)
    tried(() => {
      if (command.afterLocal && !on.found(record.settings.interface).localFirst)
        throw new Error(
          `the local table's rule is not at preference 0: ${command.argv.join(" ")} was left out`,
        );
      on.run(command);
    });
  for (const [path, value] of Object.entries(record.sysctls))
    tried(() => {
      if (on.get(path) !== value && on.get(path) !== undefined) on.set(path, value);
    });
  for (const command of part.last) tried(() => on.run(command));
  removeStatus(directory);
  removeRecord(role, directory);
}
