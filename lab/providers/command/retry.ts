import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../provider";
import { reasonOf } from "./failure";

const firstDelay = 100;
const growth = 1.5;
const longestDelay = 5_000;

/** How long to wait after the nth failed dial, from 0: 100 ms, each half as long again, 5 s at most. */
function delay(failed: number): number {
  return Math.min(firstDelay * growth ** failed, longestDelay);
}

/**
 * Dials until it succeeds. Every error is tried again, a refused key or a wrong host key too, until the limit
 * of errors (-1: none) is passed or the resource's time is over. A dial under way is not interrupted.
 *
 * Source: pulumi-command 1.2.1, remote/connection.go; pulumi, sdk/go/common/util/retry/until.go.
 */
export async function dialWithRetry<T>(
  what: string,
  limit: number,
  { signal, log }: Context,
  once: () => Promise<T>,
): Promise<T> {
  for (let failed = 0; ; failed++) {
    try {
      return await once();
    } catch (error) {
      if (limit > -1 && failed + 1 > limit) {
        throw new Error(`after ${failed} failed attempts: ${reasonOf(error)}`);
      }
      await log.status(`${what} ${failed + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
      await pause(delay(failed), signal, `${failed + 1} failed dials, the last: ${reasonOf(error)}`);
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal, soFar: string): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    const timedOut = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
    throw new Error(`${timedOut ? "context deadline exceeded" : "context canceled"}: ${soFar}`);
  }
}
