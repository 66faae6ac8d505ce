import type { Inventory } from "../../config/inventory";
import { TooSlow } from "../run";
import { type Remote, withNodes } from "../ssh";
import { NODE_STATUS, type NodeReport, parseReport } from "./node-report";
import type { PairStatus } from "./pair-status";

/** What came of asking a node. */
export type Answer = { report: NodeReport } | { reason: string };

/** Asks one node, until somebody has heard enough. */
export type Look = (signal: AbortSignal) => Promise<Answer>;

/** Seconds that a node may take to answer. */
export const LOOK_LIMIT_S = 2;

/** Once a node has said that it does not hear its peer either, nobody waits for that one any longer than this. */
const GRACE_MS = 400;

/** Asks both nodes at once; a dead one costs two seconds at most. */
export const readStatus = (inventory: Inventory): Promise<PairStatus> =>
  withNodes(inventory.nodes, (remotes) => statusOf(inventory, remotes));

/** The same with keys that lie ready. */
export const statusOf = (inventory: Inventory, remotes: readonly Remote[]): Promise<PairStatus> =>
  statusBy(
    inventory,
    remotes.map((remote) => (signal) => look(remote, signal)),
  );

/** The same in whatever way the nodes are asked, in the inventory's order. */
export async function statusBy(inventory: Inventory, looks: readonly Look[]): Promise<PairStatus> {
  const enough = new AbortController();
  const answers = await patiently(looks.map((ask) => ask(enough.signal)));
  enough.abort();
  return pairStatus(inventory, answers);
}

/** What is known of a pair before anybody is asked. */
interface Known {
  name: string;
  vip: string;
  nodes: { name: string; zone: string }[];
}

/** Puts together what is known of the pair and what its nodes answered. */
export function pairStatus({ name, vip, nodes }: Known, answers: readonly Answer[]): PairStatus {
  const told = answers.flatMap((answer) => ("report" in answer ? [answer.report] : []));
  return {
    name,
    vip: vip === "-" ? (told.find(({ VIP }) => VIP)?.VIP ?? vip) : vip,
    nodes: nodes.map((node, index) => {
      const answer = answers[index] ?? { reason: "was not asked" };
      const report = "report" in answer ? answer.report : undefined;
      const priority = Number(report?.PRIORITY) || 254 - index;
      const reason = "reason" in answer ? { reason: answer.reason } : {};
      return { name: node.name, zone: node.zone, priority, report, ...reason };
    }),
  };
}

async function look(remote: Remote, signal: AbortSignal): Promise<Answer> {
  try {
    const result = await remote.run(NODE_STATUS, LOOK_LIMIT_S, { slackS: 0, signal });
    return answerOf(remote.name, result);
  } catch (error) {
    if (error instanceof TooSlow) return { reason: `does not answer within ${LOOK_LIMIT_S} s` };
    throw error;
  }
}

/** Reads what the node's program said, or why it said nothing. */
export function answerOf(
  node: string,
  { exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string },
): Answer {
  const last = stderr.trim().split("\n").at(-1)?.replace(/\.$/, "");
  if (exitCode === 255) return { reason: `does not answer: ${last || "ssh: connection failed"}` };
  if (exitCode === 124) return { reason: `does not answer within ${LOOK_LIMIT_S} s` };
  if (exitCode === 127) return { reason: "answers, and nothing of nginx-ha is on it (run: pulumi up)" };
  const report = exitCode === 0 ? parseReport(stdout) : undefined;
  if (!report) return { reason: "answers, and not with a status: its shell says something of its own" };
  if (report.NODE && report.NODE !== node)
    return { reason: `answers as ${report.NODE}: another node's address` };
  return { report };
}

/** Waits for all, but no longer than needed for one that its peer does not hear. */
async function patiently(asked: Promise<Answer>[]): Promise<Answer[]> {
  const unheard = asked.map((_, index) =>
    Promise.any(
      asked
        .filter((_answer, other) => other !== index)
        .map(async (one) => {
          const answer = await one;
          if (!("report" in answer) || answer.report.AGENT?.peer.vrrp !== "-") throw new Error("it is heard");
          await new Promise((done) => setTimeout(done, GRACE_MS));
        }),
    )
      .then((): Answer => ({ reason: "does not answer, and its peer does not hear it either" }))
      .catch(() => new Promise<Answer>(() => {})),
  );
  return Promise.all(asked.map((answer, index) => Promise.race([answer, unheard[index] ?? answer])));
}
