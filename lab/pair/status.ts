import Table from "cli-table3";
import { exec } from "../machines/exec";
import { type LabPlan, machineNamed } from "../state/plan";
import { type NodeName, nodeNames } from "./machines";

/** What a node says of itself, `node/bin/node-status.sh`; a node that says nothing has none. */
export interface NodeReport {
  VRRP: string;
  NGINX: string;
  CONFIG: string;
  PEER_CONFIG: string;
  GENERATION: string;
  SYNC: string;
  ADDRESS: string;
  /** `NAME:DAYS` of each certificate that nginx serves, separated by spaces. */
  CERTIFICATES?: string;
}

export interface PairStatus {
  name: string;
  vip: string;
  nodes: { name: string; zone: string; priority: number; report: NodeReport | undefined }[];
}

/** Asks both nodes at once; a dead one costs at most five seconds. */
export async function readStatus(plan: LabPlan): Promise<PairStatus> {
  const reports = await Promise.all(nodeNames.map((name) => readNode(plan, name)));
  const nodes = nodeNames.map((name, index) => ({
    name,
    zone: `rack-${index + 1}`,
    priority: 254 - index,
    report: reports[index],
  }));
  return { name: "edge", vip: plan.subnet.vip, nodes };
}

const readNode = (plan: LabPlan, name: NodeName): Promise<NodeReport | undefined> =>
  reportOf((argv) => exec(plan, machineNamed(plan, name), argv, { timeoutMs: 5_000 }));

/** Runs the node's own status program by `exec`; nothing when it cannot be run. */
export async function reportOf(
  exec: (argv: string[]) => Promise<{ exitCode: number; stdout: string }>,
): Promise<NodeReport | undefined> {
  const result = await exec(["/etc/nginx-ha/current/bin/node-status"]).catch(() => undefined);
  return result?.exitCode === 0 ? parseReport(result.stdout) : undefined;
}

/** `KEY=value` lines as an object. */
export function parseReport(text: string): NodeReport {
  const lines = text
    .trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return Object.fromEntries(lines) as NodeReport;
}

/** The node that has the VIP; the first one when, wrongly, both do. */
export const holderOf = ({ nodes }: PairStatus): string | undefined =>
  nodes.find((node) => node.report?.ADDRESS === "held")?.name;

/** What is wrong with the pair, the worst first; empty when it is healthy. */
export function problemsOf({ nodes }: PairStatus): string[] {
  const up = nodes.filter((node) => node.report !== undefined);
  const holders = up.filter((node) => node.report?.ADDRESS === "held").map((node) => node.name);
  const problems: string[] = [];
  if (holders.length > 1) problems.push(`two nodes hold the VIP: ${holders.join(" and ")}`);
  if (holders.length === 0) problems.push("nobody holds the VIP");
  for (const { name, report } of nodes) {
    if (!report) problems.push(`${name}: does not answer (run: npm run lab)`);
    else if (report.VRRP === "MASTER" && report.ADDRESS !== "held")
      problems.push(`${name}: MASTER without the VIP`);
    else if (report.VRRP === "-")
      problems.push(`${name}: keepalived is not running (run: npm run pulumi -- up)`);
    else if (report.NGINX !== "active") problems.push(`${name}: nginx is ${report.NGINX}`);
    else if (report.ADDRESS === "unknown")
      problems.push(`${name}: its agent has no answer from EC2 (see: journalctl -u nginx-ha-agent)`);
    else if (report.SYNC !== "acknowledged")
      problems.push(`${name}: serves ${report.GENERATION}, and the other node is not known to have it`);
    else if (report.VRRP === "FAULT") problems.push(`${name}: FAULT, takes no part in the election`);
  }
  const served = new Set(up.map((node) => node.report?.CONFIG));
  if (served.size > 1) problems.push("the nodes serve different configurations (run: npm run pulumi -- up)");
  return problems;
}

/** Days before a certificate's end from which on the status speaks of it. */
const SOON = 21;

/** What will be wrong before long. */
export const warningsOf = ({ nodes }: PairStatus): string[] =>
  nodes.flatMap(({ name, report }) =>
    (report?.CERTIFICATES ?? "").split(" ").flatMap((text) => {
      const [certificate, days] = text.split(/:(?=[^:]*$)/);
      if (days === undefined || Number(days) > SOON) return [];
      return [`${name}: certificate ${certificate} ${ends(Number(days))}`];
    }),
  );

const ends = (days: number): string =>
  days < 0
    ? "has expired (renew it, then run: pulumi up)"
    : `expires in ${days} days (renew it, then run: pulumi up)`;

/** The status as the terminal shows it. */
export function formatStatus(status: PairStatus): string {
  const problems = problemsOf(status);
  const said = [...problems, ...warningsOf(status)];
  const holder = holderOf(status) ?? "nobody";
  const table = new Table({
    head: ["NODE", "ZONE", "PRIORITY", "VRRP", "NGINX", "CONFIG", "GENERATION", "ADDRESS"],
    chars: Object.fromEntries(borders.map((border) => [border, ""])),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  for (const { name, zone, priority, report } of status.nodes) {
    table.push([
      name,
      zone,
      priority,
      report?.VRRP ?? "-",
      report?.NGINX ?? "-",
      configOf(report),
      report?.GENERATION ?? "-",
      report?.ADDRESS ?? "-",
    ]);
  }
  const verdict = problems.length === 0 ? "healthy" : "degraded";
  const lines = [
    `${status.name}   VIP ${status.vip} on ${holder}   ${verdict}`,
    ...table.toString().split("\n"),
  ];
  return [...lines.map((line) => line.trimEnd()), ...said.map((line) => `# ${line}`)].join("\n");
}

// The peer's head comes over the synchronisation channel; without it a node cannot say whether it is current.
function configOf(report: NodeReport | undefined): string {
  if (!report?.CONFIG) return "-";
  if (!report.PEER_CONFIG) return "unknown";
  return report.CONFIG === report.PEER_CONFIG ? "current" : "differs";
}

const borders = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
  "left",
  "left-mid",
  "mid",
  "mid-mid",
  "right",
  "right-mid",
  "middle",
];
