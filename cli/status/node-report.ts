import { z } from "zod";
import { jsonOf } from "../json";

const alarm = z.object({ kind: z.string(), reason: z.string(), since: z.string() });

/** What of a node's agent's status the pair's status uses (agent/status/report.ts). */
const agentStatus = z.object({
  vrrp: z.object({ since: z.string() }),
  vip: z.object({ mode: z.string() }),
  peer: z.object({ vrrp: z.string() }),
  alarms: z.array(alarm),
});

/** A node's part of a drain that is under way (agent/drain/status.ts). */
const drainStatus = z.object({
  role: z.enum(["keep", "detour"]),
  phase: z.enum(["prepared", "draining"]),
  secondsLeft: z.number(),
  connections: z.number().optional(),
});

const text = z.string().default("");

/** What a node says of itself: the lines of `node/bin/node-status.sh`. */
const nodeReport = z.object({
  NODE: text,
  VIP: text,
  PORT: text,
  PRIORITY: text,
  /** MASTER, BACKUP, FAULT, or `-` while keepalived does not run. */
  VRRP: z.enum(["MASTER", "BACKUP", "FAULT", "-"]),
  NGINX: z.string(),
  KEEPALIVED: text,
  AGENT_UNIT: text,
  GUARD: text,
  /** Of the unit that hands over before the node stops: `deactivating` while it does so. */
  HANDOVER: text,
  /**
   * `NAME:DAYS` of each certificate that nginx serves, separated by spaces: the days until it ends; of one that came by
   * ACME `NAME:DAYS/SOON`, with the days from which on its renewal is late; `NAME:placeholder` until the first one came.
   */
  CERTIFICATES: text,
  /** Names of the track files that are set, separated by spaces. */
  TRACKS: text,
  /** `part`: some of the VIP's addresses, not all of them. */
  ADDRESS: z.enum(["held", "part", "-", "unknown"]),
  /** The hash of the configuration that nginx serves; empty when it does not answer. */
  CONFIG: z.string(),
  /** Term, number and hash of the generation that it serves; `-` before the first. */
  GENERATION: z.string().default("-"),
  /** Whether both nodes have that generation on their disks, or this one alone. */
  SYNC: z.enum(["acknowledged", "accepted"]).default("acknowledged"),
  /** JSON; nothing when there is no drain. */
  DRAIN: text,
  /** Parts of an earlier drain that were not taken back altogether: keep, detour. */
  DRAIN_LEFT: text,
  /** JSON; empty when the agent does not answer. */
  AGENT: text,
});

export type AgentStatus = z.output<typeof agentStatus>;
export type Alarm = z.output<typeof alarm>;
export type Drain = z.output<typeof drainStatus>;
export type NodeReport = Omit<z.output<typeof nodeReport>, "AGENT" | "DRAIN"> & {
  AGENT?: AgentStatus;
  DRAIN?: Drain;
};

/** The program on the node that says it. */
export const NODE_STATUS = "/etc/nginx-ha/current/bin/node-status";

/** Reads `KEY=value` lines; nothing when they are not a node's. */
export function parseReport(text: string): NodeReport | undefined {
  const lines = text
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  const read = nodeReport.safeParse(Object.fromEntries(lines));
  if (!read.success) return undefined;
  const { AGENT, DRAIN, ...report } = read.data;
  const [agent, drain] = [jsonOf(agentStatus, AGENT), jsonOf(drainStatus, DRAIN)];
  return { ...report, ...(agent && { AGENT: agent }), ...(drain && { DRAIN: drain }) };
}
