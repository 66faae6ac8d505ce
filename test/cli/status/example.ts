import type { NodeReport } from "../../../cli/status/node-report";
import type { PairStatus } from "../../../cli/status/pair-status";

/** What a healthy node that has the VIP says. */
export const master: NodeReport = {
  NODE: "nginx-a",
  VIP: "192.0.2.100",
  PORT: "80",
  PRIORITY: "254",
  VRRP: "MASTER",
  NGINX: "active",
  KEEPALIVED: "active",
  AGENT_UNIT: "active",
  GUARD: "active",
  HANDOVER: "active",
  TRACKS: "",
  ADDRESS: "held",
  CONFIG: "c1",
  GENERATION: "1-2-c1",
  SYNC: "acknowledged",
  CERTIFICATES: "",
  DRAIN_LEFT: "",
  AGENT: {
    vrrp: { since: "2026-01-01T00:00:00Z" },
    vip: { mode: "arp" },
    peer: { vrrp: "BACKUP" },
    alarms: [],
  },
};

export const backup: NodeReport = {
  ...master,
  NODE: "nginx-b",
  PRIORITY: "253",
  VRRP: "BACKUP",
  ADDRESS: "-",
};

/** A pair of which each node says this, or nothing. */
export const pair = (a: NodeReport | undefined, b: NodeReport | undefined): PairStatus => ({
  name: "edge",
  vip: "192.0.2.100",
  nodes: [
    { name: "nginx-a", zone: "rack-1", priority: 254, report: a, ...(a ? {} : silent) },
    { name: "nginx-b", zone: "rack-2", priority: 253, report: b, ...(b ? {} : silent) },
  ],
});

const silent = { reason: "does not answer within 2 s" };
