import { compare, descends, type Head, idOf } from "./head";

/** What two nodes know of each other when they exchange heads. */
export interface Exchange {
  mine: Head | undefined;
  theirs: Head | undefined;
  /** Whether keepalived made this node, and the peer, MASTER. */
  master: { mine: boolean; theirs: boolean };
  /** Whether this node's priority is the higher one. */
  senior: boolean;
}

/**
 * What this node does about it:
 * - `equal`, `ahead`: nothing; the peer, when it has less, fetches;
 * - `fetch`: the peer's is built upon this node's;
 * - `yield`: published on both sides of a partition, and the peer's wins: this node's is kept aside;
 * - `await`: the same, but the peer has still to publish it anew, above both;
 * - `supersede`: the same, and this node's wins: it publishes its own anew, above both;
 * - `keep`: the same, and this node's is above the peer's already: the peer yields.
 */
export type Decision = "equal" | "ahead" | "fetch" | "yield" | "await" | "supersede" | "keep";

export function decide(exchange: Exchange): Decision {
  const { mine, theirs } = exchange;
  if (!theirs) return mine ? "ahead" : "equal";
  if (!mine) return "fetch";
  if (idOf(mine) === idOf(theirs)) return "equal";
  if (descends(theirs, mine)) return "fetch";
  if (descends(mine, theirs)) return "ahead";
  const above = compare(mine, theirs) > 0;
  if (wins(exchange)) return above ? "keep" : "supersede";
  return compare(theirs, mine) > 0 ? "yield" : "await";
}

/**
 * The MASTER's wins. Without exactly one MASTER both nodes must come to the same answer: two of them, the senior's;
 * none, the later one, the senior's of equals.
 */
function wins({ mine, theirs, master, senior }: Exchange): boolean {
  if (master.mine !== master.theirs) return master.mine;
  if (master.mine || !mine || !theirs) return senior;
  const order = compare(mine, theirs);
  return order === 0 ? senior : order > 0;
}
