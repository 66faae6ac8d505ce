import { renameSync, writeFileSync } from "node:fs";
import { log, reasonOf } from "./log";

const failing = new Set<string>();

/**
 * Writes a small file in place: the directories are not the agent's. A file that cannot be written is told once, and
 * nothing else stops because of it.
 */
export const put = (path: string, text: string): void => tried(path, () => writeFileSync(path, text));

/** The same as a whole, for readers that must never see half of it; in a directory of the agent's own. */
export const replace = (path: string, text: string): void =>
  tried(path, () => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  });

function tried(path: string, write: () => void): void {
  try {
    write();
    failing.delete(path);
  } catch (error) {
    if (!failing.has(path)) log("cannot write", { path, reason: reasonOf(error) });
    failing.add(path);
  }
}
