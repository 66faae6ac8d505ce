import type { NodeReport } from "./node-report";
import { holds, type NodeStatus, type PairStatus } from "./pair-status";

/** What can be wrong, and where the runbook has it: a heading of docs/runbook.md each. */
export const problemKinds = {
  "two-holders": "Two nodes hold the VIP",
  "no-holder": "Nobody holds the VIP",
  "two-masters": "Both nodes are MASTER",
  "master-without-vip": "A MASTER without the VIP",
  "vip-in-part": "A MASTER with one of the VIP's addresses",
  "vip-without-master": "The VIP on a node that is not MASTER",
  "node-unreachable": "A node does not answer",
  "keepalived-down": "keepalived does not run",
  "nginx-down": "nginx does not run",
  "nginx-silent": "nginx runs and does not answer",
  fault: "A node is in FAULT",
  "handover-set": "A handover that did not end",
  "config-differs": "The nodes serve different configurations",
  unacknowledged: "A generation that only one node has",
  "agent-down": "The agent does not answer",
  "guard-down": "The guard does not run",
  stopping: "A node that is being stopped",
  "handover-down": "A stop would not hand over",
  "address-unknown": "Nobody knows whose the VIP is",
  "drain-left": "What is left of a drain",
  alarm: "An agent's alarm",
} as const;

export type ProblemKind = keyof typeof problemKinds;

/** One thing that is wrong with the pair. */
export interface Problem {
  kind: ProblemKind;
  /** The node that has it; nothing when it is the pair's. */
  node?: string;
  text: string;
  /** What to run or to look at. */
  remedy?: string;
}

export type Verdict = "healthy" | "degraded" | "unknown";

/** Unknown is what nobody could look at. */
export function verdictOf(status: PairStatus): Verdict {
  if (status.nodes.every(({ report }) => !report)) return "unknown";
  return problemsOf(status).length === 0 ? "healthy" : "degraded";
}

/** What is wrong with the pair: first who has the address, then node by node. Empty when it is healthy. */
export function problemsOf(status: PairStatus): Problem[] {
  return [...ofAddress(status), ...status.nodes.flatMap((node) => ofNode(node, status)), ...ofConfig(status)];
}

function ofAddress({ nodes }: PairStatus): Problem[] {
  const up = nodes.filter(({ report }) => report);
  if (up.length === 0) return [];
  const named = (test: (report: NodeReport) => boolean): string[] =>
    up.filter(({ report }) => report && test(report)).map(({ name }) => name);
  const holders = named(holds);
  const masters = named(({ VRRP }) => VRRP === "MASTER");
  const unknown = named(({ ADDRESS }) => ADDRESS === "unknown");
  const problems: Problem[] = [];
  if (holders.length > 1)
    problems.push({ kind: "two-holders", text: `two nodes hold the VIP: ${holders.join(" and ")}` });
  if (masters.length > 1)
    problems.push({
      kind: "two-masters",
      text: `both nodes are MASTER: they do not hear each other`,
      remedy: "let IP protocol 112 pass between them",
    });
  const elsewhere = nodes.some((node) => !node.report && heardAs(node, nodes) === "MASTER");
  if (holders.length === 0 && unknown.length === 0 && !elsewhere)
    problems.push({ kind: "no-holder", text: "nobody holds the VIP" });
  for (const name of masters.filter((one) => !holders.includes(one) && !unknown.includes(one)))
    problems.push({
      kind: "master-without-vip",
      node: name,
      text: "MASTER without the VIP",
      remedy: AGENT_LOG,
    });
  for (const name of named((report) => report.VRRP === "MASTER" && report.ADDRESS === "part"))
    problems.push({
      kind: "vip-in-part",
      node: name,
      text: "MASTER with one of the VIP's addresses, not both",
      remedy: `run: nginx-ha ssh ${name} -- ip address show`,
    });
  for (const name of holders.filter((one) => !masters.includes(one)))
    problems.push({ kind: "vip-without-master", node: name, text: `has the VIP and is ${vrrpOf(up, name)}` });
  return problems;
}

const AGENT_LOG = "see: nginx-ha logs --unit nginx-ha-agent";

const vrrpOf = (nodes: NodeStatus[], name: string): string => {
  const state = nodes.find((node) => node.name === name)?.report?.VRRP ?? "-";
  return state === "-" ? "out of the election" : state;
};

function ofNode({ name: node, report, reason }: NodeStatus, status: PairStatus): Problem[] {
  if (!report) {
    const heard = heardAs({ name: node }, status.nodes);
    const also = heard === "-" ? "" : `; its peer hears it as ${heard}`;
    return [{ kind: "node-unreachable", node, text: `${reason ?? "does not answer"}${also}` }];
  }
  return [...ofElection(node, report), ...ofHelpers(node, report)];
}

/** What a node's peer hears it as: MASTER, BACKUP, FAULT, or `-` for nothing. */
const heardAs = ({ name }: Pick<NodeStatus, "name">, nodes: NodeStatus[]): string =>
  nodes.find((other) => other.name !== name)?.report?.AGENT?.peer.vrrp ?? "-";

/** The first of what keeps a node out of the election: the rest follows from it. */
function ofElection(node: string, { VRRP, NGINX, CONFIG, TRACKS, ADDRESS }: NodeReport): Problem[] {
  if (VRRP === "-")
    return [{ kind: "keepalived-down", node, text: "keepalived does not run", remedy: "run: pulumi up" }];
  if (NGINX !== "active")
    return [
      { kind: "nginx-down", node, text: `nginx is ${NGINX}`, remedy: "see: nginx-ha logs --unit nginx" },
    ];
  if (TRACKS.split(" ").includes("handover"))
    return [
      {
        kind: "handover-set",
        node,
        text: "a handover was begun and not ended",
        remedy: `run: nginx-ha ssh ${node} -- sh -c 'echo 0 >/run/nginx-ha/track/handover'`,
      },
    ];
  if (VRRP === "FAULT")
    return [
      {
        kind: "fault",
        node,
        text: `FAULT, takes no part in the election${TRACKS && ` (track file: ${TRACKS})`}`,
      },
    ];
  if (CONFIG === "") return [{ kind: "nginx-silent", node, text: "nginx is active and does not answer" }];
  if (ADDRESS === "unknown")
    return [{ kind: "address-unknown", node, text: "its agent has no answer from EC2", remedy: AGENT_LOG }];
  return [];
}

function ofHelpers(
  node: string,
  { NGINX, KEEPALIVED, AGENT, AGENT_UNIT, GUARD, HANDOVER, GENERATION, SYNC, DRAIN_LEFT }: NodeReport,
): Problem[] {
  const problems: Problem[] = [];
  if (SYNC === "accepted")
    problems.push({
      kind: "unacknowledged",
      node,
      text: `serves ${GENERATION}, and the other node is not known to have it`,
      remedy: "see: nginx-ha logs --unit nginx-ha-sync",
    });
  if (!AGENT) {
    const state = AGENT_UNIT === "active" || AGENT_UNIT === "" ? "does not answer" : `is ${AGENT_UNIT}`;
    problems.push({ kind: "agent-down", node, text: `its agent ${state}`, remedy: AGENT_LOG });
  }
  if (GUARD !== "active" && GUARD !== "")
    problems.push({ kind: "guard-down", node, text: `its guard is ${GUARD}`, remedy: "run: pulumi up" });
  if (HANDOVER === "deactivating")
    problems.push({
      kind: "stopping",
      node,
      text: "nginx, keepalived or the node is being stopped; established connections go on until they end",
    });
  else if (HANDOVER !== "active" && HANDOVER !== "" && NGINX === "active" && KEEPALIVED === "active")
    problems.push({
      kind: "handover-down",
      node,
      text: `its handover unit is ${HANDOVER}: a stop of nginx, keepalived or the node would not hand over`,
      remedy: `run: nginx-ha ssh ${node} -- systemctl start nginx-ha-handover`,
    });
  for (const role of DRAIN_LEFT.split(" ").filter(Boolean))
    problems.push({
      kind: "drain-left",
      node,
      text: `a drain (${role}) was not taken back altogether`,
      remedy: "see: nginx-ha logs --unit nginx-ha-drain@keep nginx-ha-drain@detour",
    });
  for (const { kind, reason } of AGENT?.alarms ?? [])
    problems.push({ kind: "alarm", node, text: `alarm ${kind}: ${reason}` });
  return problems;
}

/** Whoever has the VIP is right; the other one is to be like it. */
function ofConfig({ nodes }: PairStatus): Problem[] {
  const serving = nodes.filter(({ report }) => report?.CONFIG);
  const served = new Set(serving.map(({ report }) => report?.CONFIG));
  if (served.size < 2) return [];
  const behind = serving.find(({ report }) => report && !holds(report)) ?? serving[0];
  return [
    {
      kind: "config-differs",
      ...(behind && { node: behind.name }),
      text: "config differs",
      remedy: "run: pulumi up",
    },
  ];
}
