import { readdirSync, readFileSync, statSync } from "node:fs";

/** Whether no tracker keeps the node out of the election. */
export function allClear(tracks: string): boolean {
  try {
    return readdirSync(tracks).every((name) => isClear(`${tracks}/${name}`));
  } catch {
    return false;
  }
}

/** As keepalived reads it: what is missing, empty or no number is 0. */
export function isClear(path: string): boolean {
  try {
    return !/[1-9]/.test(readFileSync(path, "latin1"));
  } catch {
    return true;
  }
}

/** Why keepalived is in FAULT. */
export interface Cause {
  /** The track file that said so last: `nginx`, `hang`, `handover`. */
  cause: string;
  /** Milliseconds from its writing to keepalived's word. */
  changeMs: number;
}

/** The cause of a FAULT that keepalived tells of just now; nothing when no track file says so, as when a link is down. */
export function causeOf(tracks: string, now = Date.now()): Cause | undefined {
  try {
    const set = readdirSync(tracks)
      .filter((name) => !isClear(`${tracks}/${name}`))
      .map((name) => ({
        cause: name,
        changeMs: Math.max(0, Math.round(now - statSync(`${tracks}/${name}`).mtimeMs)),
      }));
    return set.sort((one, other) => one.changeMs - other.changeMs)[0];
  } catch {
    return undefined;
  }
}
