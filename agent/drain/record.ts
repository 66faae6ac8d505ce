import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { drainDirectory } from "../../node/drain/names";
import type { DrainSettings } from "../../node/drain/settings";
import { reasonOf } from "../log";
import { replace } from "../put";
import { replaceFile, textOf } from "../sync/durable";
import type { Role } from "./role";

/** What a node must know to take its part of a drain back, whoever died meanwhile. Written before anything is changed. */
export interface DrainRecord {
  /** As they were then: another release may have others, or none. */
  settings: DrainSettings;
  /** What each setting was, by its path under /proc/sys. */
  sysctls: { [path: string]: number };
}

/** `keep-left`: of a drain that is over, and could not be taken back altogether. */
export type RecordName = Role | `${Role}-left`;

const fileOf = (name: string, directory: string): string => join(directory, `${name}.json`);
const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;

export function writeRecord(role: Role, record: DrainRecord, directory = drainDirectory): void {
  mkdirSync(directory, { recursive: true });
  replaceFile(fileOf(role, directory), lineOf(record));
}

/** Nothing when there is no drain of this name. @throws Error when what is there says nothing */
export function readRecord(name: RecordName, directory = drainDirectory): DrainRecord | undefined {
  const path = fileOf(name, directory);
  try {
    const text = textOf(path);
    return text === undefined ? undefined : complete(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${path} cannot be read (${reasonOf(error)}): what a drain changed is not known; reboot the node`,
    );
  }
}

/** One that an earlier release wrote knows nothing of an address that differs. */
function complete({ settings, ...rest }: DrainRecord): DrainRecord {
  if (!settings?.peer) throw new Error("it has no settings");
  return {
    ...rest,
    settings: { ...settings, peer: { ...settings.peer, vip: settings.peer.vip ?? settings.vip } },
  };
}

/** The drain is over, and the next one, or undoing it again, takes back what is left. */
export const leaveRecord = (name: RecordName, role: Role, directory = drainDirectory): void =>
  renameSync(fileOf(name, directory), fileOf(`${role}-left`, directory));

/** What others may read of the drain, as one line of JSON; `last`: what came of the last one that this node kept connections in. */
export const writeState = (name: "status" | "last", state: object, directory = drainDirectory): void =>
  replace(fileOf(name, directory), lineOf(state));

type FileName = RecordName | "status" | "last";

export const remove = (name: FileName, directory = drainDirectory): void => {
  rmSync(fileOf(name, directory), { force: true });
  removeUnfinished(name, directory);
};

/** What a killed program had begun to write: nobody reads it. Not for a file that another program may be writing. */
export const removeUnfinished = (name: FileName, directory = drainDirectory): void =>
  rmSync(`${fileOf(name, directory)}.new`, { force: true });
