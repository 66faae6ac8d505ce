import type { NodeReport } from "./node-report";

/** One node as it was found. */
export interface NodeStatus {
  name: string;
  zone: string;
  priority: number;
  /** Nothing when it did not answer, or not with a report. */
  report: NodeReport | undefined;
  /** Why there is no report, in one line. */
  reason?: string;
}

/** Both nodes as they were found at one moment, before anybody judges. */
export interface PairStatus {
  name: string;
  vip: string;
  nodes: NodeStatus[];
}

/** Whether a node has the VIP, or one of its addresses: it answers then. */
export const holds = ({ ADDRESS }: NodeReport): boolean => ADDRESS === "held" || ADDRESS === "part";

/** The node that has the VIP; the first one when, wrongly, both do. */
export const holderOf = ({ nodes }: PairStatus): string | undefined =>
  nodes.find(({ report }) => report && holds(report))?.name;
