import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { drainDirectory } from "../../node/drain/files";
import type { DrainSettings } from "../../node/drain/settings";
import type { Found, Role } from "./role";

/** What a node must know to take its part of a drain back, whoever died meanwhile. Written before anything is changed. */
export interface Record {
  /** As they were then: another release may have others, or none. */
  settings: DrainSettings;
  found: Found;
  /** What each setting was, by its path under /proc/sys. */
  sysctls: { [path: string]: number };
}

const fileOf = (role: Role, directory: string): string => `${directory}/${role}.json`;

export const writeRecord = (role: Role, record: Record, directory = drainDirectory): void =>
  replaceWith(fileOf(role, directory), record);

/** Nothing when there is no drain of this role. */
export function readRecord(role: Role, directory = drainDirectory): Record | undefined {
  return readJson(fileOf(role, directory));
}

export const removeRecord = (role: Role, directory = drainDirectory): void =>
  rmSync(fileOf(role, directory), { force: true });

/** What others may read of the drain, as one line of JSON. */
export const writeState = (name: "status" | "last", state: object, directory = drainDirectory): void =>
  replaceWith(`${directory}/${name}.json`, state);

export const removeStatus = (directory = drainDirectory): void =>
  rmSync(`${directory}/status.json`, { force: true });

/** What came of an earlier one is not what comes of this one. */
export const removeLast = (directory = drainDirectory): void =>
  rmSync(`${directory}/last.json`, { force: true });

function replaceWith(path: string, value: object): void {
  mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(value)}\n`);
  renameSync(`${path}.new`, path);
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
