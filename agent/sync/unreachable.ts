import { setTimeout as sleep } from "node:timers/promises";

/** The peer cannot be asked now: whoever has time tries again. The message is for people. */
export class Unreachable extends Error {
  /** @param asked it may have been, and done what it was asked for */
  constructor(
    message: string,
    readonly asked = false,
  ) {
    super(message);
  }
}

const AGAIN_MS = 100;

/**
 * Asks again while the question does not get out: the connection to the peer may just be made anew.
 * @throws what came of it when the time is over, and at once whatever else it is
 */
export async function patiently<T>(limitMs: number, ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable) || error.asked || performance.now() >= deadline) throw error;
      await sleep(AGAIN_MS);
    }
  }
}
