import { z } from "zod";
import type { PairStatus } from "./pair-status";

/** A drain that is under way, as the node tells it that has the connections; these are left. */
export const pairDrain = z.strictObject({ node: z.string(), connections: z.int(), secondsLeft: z.int() });
export type PairDrain = z.output<typeof pairDrain>;

/** The drain of a pair; nothing when no node keeps connections for longer than it has the VIP. */
export function drainOf({ nodes }: PairStatus): PairDrain | undefined {
  for (const { name: node, report } of nodes) {
    const { role, phase, connections = 0, secondsLeft } = report?.DRAIN ?? {};
    if (role === "keep" && phase === "draining" && secondsLeft !== undefined)
      return { node, connections, secondsLeft };
  }
  return undefined;
}

const TELL_EVERY_S = 10;

/** Tells now and then how many connections are left on a node. */
export function tellDrain(
  node: string,
  say: (text: string) => void,
): (left: Omit<PairDrain, "node">) => void {
  let told = Number.POSITIVE_INFINITY;
  return (left) => {
    if (left.connections === 0 || told - left.secondsLeft < TELL_EVERY_S) return;
    told = left.secondsLeft;
    say(drainLine({ node, ...left }));
  };
}

export const drainLine = ({ node, connections, secondsLeft }: PairDrain): string =>
  `${node} keeps ${connections} established connection${connections === 1 ? "" : "s"} for ${secondsLeft} s at most`;
