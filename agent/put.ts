import { writeFileSync } from "node:fs";
import { log, reasonOf } from "./log";

const failing = new Set<string>();

/**
 * Writes a small file in place: the directories are not the agent's. A file that cannot be written is told once, and
 * nothing else stops because of it.
 */
export function put(path: string, text: string): void {
  try {
    writeFileSync(path, text);
    failing.delete(path);
  } catch (error) {
    if (!failing.has(path)) log("cannot write", { path, reason: reasonOf(error) });
    failing.add(path);
  }
}
