/** What is known of the local nginx. */
export interface Health {
  failures: number;
  successes: number;
  /** When the first of these failures was found, milliseconds. */
  failingSince: number;
  /** Whether the node was taken out of the election for it. */
  fault: boolean;
  /** When the VIP left for it last, milliseconds; before the first time, minus infinity. */
  faultAt: number;
}

/** What counts beside the local nginx. */
export interface Around {
  now: number;
  master: boolean;
  /** When the peer was last seen to be able to take over. */
  peerEligibleAt: number;
  /** When the VIP left the peer for this last. */
  peerFaultAt: number;
}

/** `hold`: it hangs, and the node stays in all the same, because nobody could do better. */
export type Verdict = "well" | "fault" | "clear" | "hold";

export const newHealth = (): Health => ({
  failures: 0,
  successes: 0,
  failingSince: Number.NEGATIVE_INFINITY,
  fault: false,
  faultAt: Number.NEGATIVE_INFINITY,
});

const ENOUGH = 3;
const PEER_SEEN_MS = 2000;
const MINUTE_MS = 60_000;

/**
 * Judges one more round. Last one standing: a MASTER goes only when its peer could take over within the last two
 * seconds, and was heard since the first failure, so that it does not hang as well. The pair moves for this at most once
 * a minute: an overload would follow the VIP to the other node.
 */
export function judge(health: Health, answered: boolean, around: Around): [Health, Verdict] {
  const failures = answered ? 0 : health.failures + 1;
  const successes = answered ? health.successes + 1 : 0;
  const failingSince = failures === 1 ? around.now : health.failingSince;
  const next = { ...health, failures, successes, failingSince };
  if (health.fault && successes >= ENOUGH) return [{ ...next, fault: false }, "clear"];
  if (health.fault || failures < ENOUGH) return [next, "well"];
  const { now, master, peerEligibleAt, peerFaultAt } = around;
  const peerCan = now - peerEligibleAt <= PEER_SEEN_MS && peerEligibleAt >= failingSince;
  const moved = now - Math.max(health.faultAt, peerFaultAt) < MINUTE_MS;
  if (master && (!peerCan || moved)) return [next, "hold"];
  return [{ ...next, fault: true, faultAt: master ? now : health.faultAt }, "fault"];
}
