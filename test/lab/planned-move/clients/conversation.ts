import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Became } from "./kind";

let over = false;
/** Every conversation ends with the answer that it waits for. */
export const endAll = (): void => {
  over = true;
};

/** Asks again and again, one question at a time, until all is over. What loses it in a pause is an error, too. */
export function conversation(
  answerTo: (text: string) => Promise<string>,
  pauseMs: number,
  lost: Promise<never> = new Promise(() => {}),
): { end(): Promise<Became> } {
  const became: Became = { answers: 0, longestMs: 0 };
  const talk = (async () => {
    while (!over) {
      const text = `${became.answers}.`;
      const start = performance.now();
      const answer = await within(10_000, Promise.race([lost, answerTo(text)]));
      if (answer !== text) throw new Error(`asked ${text}, got ${answer}`);
      became.answers++;
      became.longestMs = Math.max(became.longestMs, performance.now() - start);
      await sleep(pauseMs);
    }
    await Promise.race([lost, undefined]);
  })().catch((error: Error) => {
    became.error = error.message;
  });
  return { end: () => talk.then(() => became) };
}

export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = sleep(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`no answer in ${limitMs} ms`);
  });
  return Promise.race([work, late]).finally(() => limit.abort());
}

export const established = (socket: Socket, event = "connect"): Promise<Socket> =>
  new Promise((done, failed) => socket.once(event, () => done(socket)).once("error", failed));

/** Rejects as soon as a connection is lost, whoever waits for what. */
export function lostBy(one: EventEmitter): Promise<never> {
  const lost = new Promise<never>((_, failed) => {
    one.on("error", failed).on("close", (code) => failed(new Error(`closed with ${code}`)));
  });
  lost.catch(() => {});
  return lost;
}

/** The next text of a socket; an end or an error is one, too. */
export const heard = (socket: Socket): Promise<string> =>
  new Promise((done, failed) => {
    const lost = (error?: Error): void => failed(error ?? new Error("closed"));
    socket.once("data", (data) => {
      socket.off("error", lost).off("end", lost);
      done(String(data));
    });
    socket.once("error", lost).once("end", lost);
  });
