import { reasonOf } from "../log";
import type { Refusal } from "./peer";
import { Unreachable } from "./unreachable";

/** Why what `pulumi up` asked for last was not published, for whoever waits for it on the other node. */
export class LastRefusal {
  private last: (Omit<Refusal, "age"> & { at: number }) | undefined;

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number) {}

  /** Publishes, and remembers why that failed, unless it may be tried again. @param asked names what was asked for */
  async remember<T>(asked: string, publish: () => Promise<T>): Promise<T> {
    try {
      const published = await publish();
      this.last = undefined;
      return published;
    } catch (error) {
      if (!(error instanceof Unreachable))
        this.last = { stack: asked, reason: reasonOf(error), at: this.now() };
      throw error;
    }
  }

  /** As the peer is told it: with its age, since no two nodes' clocks agree. */
  get told(): Refusal | undefined {
    if (!this.last) return undefined;
    const { at, ...refusal } = this.last;
    return { ...refusal, age: Math.round(this.now() - at) };
  }
}
