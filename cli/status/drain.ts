import type { PairStatus } from "./pair-status";

/** A drain that is under way, as the node tells it that has the connections. */
export interface PairDrain {
  node: string;
  /** Connections that are left. */
  connections: number;
  secondsLeft: number;
}

/** The drain of a pair; nothing when no node keeps connections for longer than it has the VIP. */
export function drainOf({ nodes }: PairStatus): PairDrain | undefined {
  for (const { name: node, report } of nodes) {
    const { role, phase, connections = 0, secondsLeft } = report?.DRAIN ?? {};
    if (role === "keep" && phase === "draining" && secondsLeft !== undefined)
      return { node, connections, secondsLeft };
  }
  return undefined;
}

export const drainLine = ({ node, connections, secondsLeft }: PairDrain): string =>
  `${node} keeps ${connections} established connection${connections === 1 ? "" : "s"} for ${secondsLeft} s at most`;
