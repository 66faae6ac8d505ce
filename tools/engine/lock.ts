import { join } from "node:path";
import { lock } from "proper-lockfile";
import { UserError } from "../../config/user-error";
import { duration, withProgress } from "./progress";
import type { Report } from "./types";

/** Milliseconds to wait for another run that is making the engine. */
const WAIT = 60 * 60_000;

/** Does the work while no other run does the same in this directory; waits for one that does, and says so. */
export async function withLock<T>(
  directory: string,
  report: Report,
  work: () => Promise<T>,
  wait = WAIT,
): Promise<T> {
  const file = join(directory, "lock");
  const settings = {
    lockfilePath: file,
    realpath: false,
    stale: 30_000,
    update: 5_000,
    // A machine that slept looks dead to the others. At worst the same engine is made twice: publishing is atomic.
    onCompromised: () => report("  (the lock was lost to another run; going on)"),
  };
  const release = await lock(directory, settings).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    const task = { what: "Waiting for another run that is making Pulumi's engine", usually: "8 min at most" };
    const retries = { retries: Math.ceil(wait / 1_000), factor: 1, minTimeout: 1_000, maxTimeout: 1_000 };
    return withProgress(report, task, () => lock(directory, { ...settings, retries })).catch(() => {
      throw new UserError(`another run has held ${file} for ${duration(wait)}: end it, then run this again`);
    });
  });
  try {
    return await work();
  } finally {
    await release().catch(() => {});
  }
}
