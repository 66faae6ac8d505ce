import { setTimeout as sleep } from "node:timers/promises";

/** A wait that ended without what was awaited. */
class WaitError extends Error {
  override readonly name = "WaitError";
}

/** Asks again and again until `check` gives something truthy; says what it awaited when it never does. */
export async function waitFor<T>(
  what: string,
  limitMs: number,
  check: () => T | Promise<T>,
  everyMs = 20,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await check();
    if (answer) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() >= end) throw new WaitError(`waited ${limitMs / 1000} s for ${what}`);
    await sleep(everyMs);
  }
}
