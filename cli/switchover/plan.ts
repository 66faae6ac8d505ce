import { drainLine, drainOf } from "../status/drain";
import { problemsOf } from "../status/judge";
import { holderOf, type PairStatus } from "../status/pair-status";

/** What a switchover would do, or why not. */
export type Plan = { from: string; to: string; warnings: string[] } | { done: string } | { refusal: string };

/**
 * Decides whether the VIP may move.
 * @param to the node that gets it. @default whoever does not have it
 * @param force although the target is unhealthy or behind; never to one that could not take it
 * @param now although established connections have not ended since the last move
 */
export function planMove(
  status: PairStatus,
  { to, force = false, now = false }: { to?: string; force?: boolean; now?: boolean },
): Plan {
  const names = status.nodes.map(({ name }) => name);
  if (to !== undefined && !names.includes(to))
    return { refusal: `there is no node ${to}; the pair has ${names.join(" and ")}` };
  const problems = problemsOf(status);
  const conflict = problems.find(({ kind }) => kind === "two-holders" || kind === "two-masters");
  if (conflict) return { refusal: conflict.text };
  const from = holderOf(status);
  if (from === undefined) return { refusal: "nobody is seen to hold the VIP: there is nothing to move" };
  if (to === from) return { done: `${to} has the VIP already` };
  const drain = drainOf(status);
  if (drain && !now)
    return { refusal: `the last move is not over: ${drainLine(drain)} (--now cuts them and moves it)` };
  const target = status.nodes.find(({ name }) => name !== from);
  if (!target) throw new Error("a pair has two nodes");
  const { name, report, reason = "does not answer" } = target;
  if (!report) return { refusal: `${name} ${reason}` };
  if (report.VRRP !== "BACKUP")
    return {
      refusal: `${name} is ${report.VRRP === "-" ? "out of the election" : report.VRRP} and could not take the VIP`,
    };
  const own = problems.filter(({ node }) => node === name);
  const warnings = own.map(({ text }) => `${name}: ${text}`);
  // What is left of a drain is taken back by the next one.
  if (own.some(({ kind }) => kind !== "drain-left") && !force)
    return { refusal: `${warnings.join("; ")} (--force moves it all the same)` };
  return { from, to: name, warnings };
}
