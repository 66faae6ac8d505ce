import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import lockfile from "proper-lockfile";
import { isMissing } from "./files";
import { type Report, silent } from "./report";
import { waitFor } from "./wait";

/** How long to wait for a lock, and what to say meanwhile. */
export interface LockOptions {
  /** What somebody else is doing while we wait, for the progress line. */
  busy: string;
  limitMs: number;
  report?: Report;
}

/** Runs `work` while nobody else on this machine holds the same lock. */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { busy, limitMs, report = silent } = options;
  let told = false;
  const release = await waitFor(`another run to finish: ${busy} (lock ${path}.lock)`, limitMs, async () => {
    const free = await tryLock(path);
    if (!free && !told) report(`Waiting for another run: ${busy}`);
    told = true;
    return free;
  });
  try {
    return await work();
  } finally {
    await release().catch(() => {});
  }
}

async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  try {
    // Whoever held the lock before may have removed the folder after it.
    await mkdir(dirname(path), { recursive: true });
    return await lockfile.lock(path, { realpath: false, stale: 20_000, update: 4_000 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED" || isMissing(error)) return undefined;
    throw error;
  }
}
