import { z } from "zod";
import { certificatesOf, servedCertificate } from "./certificates";
import { drainOf, pairDrain } from "./drain";
import { type ProblemKind, problemKinds, problemsOf, verdictOf } from "./judge";
import type { NodeReport } from "./node-report";
import { holderOf, holds, type NodeStatus, type PairStatus } from "./pair-status";
import { warningsOf } from "./warnings";

const kinds = Object.keys(problemKinds) as [ProblemKind, ...ProblemKind[]];

const node = z.strictObject({
  name: z.string(),
  zone: z.string(),
  priority: z.int(),
  reached: z.boolean().meta({ description: "Whether it answered with a report." }),
  vrrp: z
    .string()
    .meta({ description: "MASTER, BACKUP, FAULT; - when keepalived does not run or nobody knows." }),
  nginx: z.string().meta({ description: "The unit's state." }),
  config: z
    .enum(["current", "differs", "unknown"])
    .meta({ description: "Whether it serves what the holder serves." }),
  served: z.string().meta({ description: "The hash of what nginx serves; empty when it does not answer." }),
  generation: z
    .string()
    .meta({ description: "Term, number and hash of the generation that it serves; - when nobody knows." }),
  acknowledged: z.boolean().meta({ description: "Whether both nodes have that generation on their disks." }),
  address: z
    .enum(["held", "part", "-", "unknown"])
    .meta({ description: "Whether the VIP leads to it; part: one of its addresses, not both." }),
  since: z.string().optional().meta({ description: "When it came to its VRRP state." }),
  certificates: z.array(servedCertificate).meta({ description: "What its nginx proves names with." }),
});

/** What `nginx-ha status --json` prints. */
export const statusReport = z
  .strictObject({
    pair: z.string(),
    vip: z.string(),
    verdict: z.enum(["healthy", "degraded", "unknown"]),
    holder: z.string().optional().meta({ description: "The node that has the VIP." }),
    nodes: z.array(node),
    drain: pairDrain
      .optional()
      .meta({ description: "A planned move whose old node still has established connections." }),
    problems: z.array(
      z.strictObject({
        kind: z.enum(kinds),
        node: z.string().optional(),
        text: z.string(),
        remedy: z.string().optional(),
        runbook: z.string().meta({ description: "The heading of docs/runbook.md." }),
      }),
    ),
    warnings: z
      .array(z.strictObject({ node: z.string(), text: z.string(), remedy: z.string() }))
      .meta({ description: "What will be wrong before long: certificates that end." }),
  })
  .meta({ title: "nginx-ha status --json" });

export type StatusReport = z.output<typeof statusReport>;

/** Judges a status, and says all of it in the form that is promised. */
export function reportOf(status: PairStatus): StatusReport {
  const holder = holderOf(status);
  const drain = drainOf(status);
  return {
    pair: status.name,
    vip: status.vip,
    verdict: verdictOf(status),
    ...(holder && { holder }),
    nodes: status.nodes.map((one) => nodeOf(one, status)),
    ...(drain && { drain }),
    problems: problemsOf(status).map((problem) => ({ ...problem, runbook: problemKinds[problem.kind] })),
    warnings: warningsOf(status),
  };
}

function nodeOf(
  { name, zone, priority, report }: NodeStatus,
  status: PairStatus,
): StatusReport["nodes"][number] {
  return {
    name,
    zone,
    priority,
    reached: report !== undefined,
    vrrp: report?.VRRP ?? "-",
    nginx: report?.NGINX ?? "-",
    config: configOf(report, status),
    served: report?.CONFIG ?? "",
    generation: report?.GENERATION ?? "-",
    acknowledged: report?.SYNC === "acknowledged",
    address: report?.ADDRESS ?? "unknown",
    ...(report?.AGENT && { since: report.AGENT.vrrp.since }),
    certificates: certificatesOf(report),
  };
}

/** The holder's is the one to have; without a holder that answers, nobody can say. */
function configOf(report: NodeReport | undefined, { nodes }: PairStatus): "current" | "differs" | "unknown" {
  const right = nodes.find(({ report: one }) => one && holds(one))?.report?.CONFIG;
  if (!report?.CONFIG || !right) return "unknown";
  return report.CONFIG === right ? "current" : "differs";
}
