import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../config/user-error";

/** Something that was waited for and did not come. */
export class TimedOut extends UserError {}

/** Where a command tells what it waits for. */
export interface Waiting {
  /** Ends every wait. */
  signal: AbortSignal;
  /** Called now and then, with how long it has been. */
  progress(what: string, seconds: number, limitS: number): void;
  /** Called when a wait is over. */
  over(): void;
}

/** Waits until something is so, and says what for, how long so far, and the limit. */
export async function waitUntil(
  what: string,
  limitS: number,
  test: () => boolean | Promise<boolean>,
  { signal, progress, over }: Waiting,
  everyMs = 20,
): Promise<void> {
  const start = performance.now();
  try {
    while (!(await test())) {
      const seconds = (performance.now() - start) / 1000;
      if (seconds > limitS) throw new TimedOut(`waited ${limitS} s for ${what}`);
      progress(what, seconds, limitS);
      await sleep(everyMs, undefined, { signal });
    }
  } finally {
    over();
  }
}
