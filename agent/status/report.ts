import { ALARM_KINDS } from "../sync/alarms";
import type { SyncStatus } from "../sync/status";
import type { NodeState } from "./node-state";
import { syncAlarms } from "./sync";

/** What is so on the machine at the moment of the question. */
export interface Found {
  node: string;
  mode: string;
  address: string;
  /** MASTER, BACKUP, FAULT, or `-` while keepalived does not run. */
  vrrp: string;
  /** Whether the kernel has the VIP on the interface, both of its addresses; behind an Elastic IP it never has. */
  kernel: boolean;
  /** The hash of the configuration that nginx serves. */
  config: string;
  peer: { name: string; vrrp: string };
  /** What the synchronisation says; nothing when it does not run. */
  sync: SyncStatus | undefined;
}

/** The node's status, as `nginx-ha status --json` prints it. */
export function report(state: NodeState, { node, mode, address, vrrp, kernel, config, peer, sync }: Found) {
  const { generation, acknowledged, confirmed, kept } = sync ?? {};
  const since = state.transitions.findLast(({ to }) => to === vrrp)?.at ?? state.started;
  return {
    node,
    vrrp: { state: vrrp, since },
    vip: { mode, address, held: state.vip.held && vrrp === "MASTER", owner: state.vip.owner, kernel },
    nginx: { ...state.probe },
    config,
    peer: { ...peer, ...(sync?.peer.generation && { generation: sync.peer.generation }) },
    sync: { generation, acknowledged, confirmed, kept, reachesPeer: sync?.peer.reachable },
    alarms: [...state.alarms, ...syncAlarms(sync)],
    transitions: state.transitions,
    agent: { since: state.started },
  };
}

export type Report = ReturnType<typeof report>;

/** The same for node_exporter's textfile collector (Prometheus' exposition format 0.0.4). */
export function prometheus(state: NodeState, now: Report): string {
  const states = ["MASTER", "BACKUP", "FAULT"];
  const last = state.transitions.findLast(({ claim }) => claim)?.claim;
  const parts = last ? { look: last.lookMs, call: last.callMs, verify: last.verifyMs } : {};
  return [
    ...metric(
      "vrrp_state",
      "gauge",
      "1 for the VRRP state of this node",
      states.map((one) => [{ state: one }, now.vrrp.state === one]),
    ),
    ...metric("vip_held", "gauge", "1 while the VIP is verified to lead here", [
      [{ mode: now.vip.mode }, now.vip.held],
    ]),
    ...metric("nginx_answers", "gauge", "1 while the local nginx answers the probe", [
      [{}, now.nginx.answers === "yes"],
    ]),
    ...metric(
      "alarm",
      "gauge",
      "1 while something is wrong",
      ALARMS.map((kind) => [{ kind }, now.alarms.some((alarm) => alarm.kind === kind)]),
    ),
    ...metric("generation", "gauge", "The generation that is served: its number, growing", [
      [{ term: `${now.sync.generation?.term ?? 0}` }, now.sync.generation?.number ?? 0],
    ]),
    ...metric("generation_acknowledged", "gauge", "1 while both nodes have the generation that is served", [
      [{}, now.sync.acknowledged ?? false],
    ]),
    ...metric(
      "transitions_total",
      "counter",
      "Changes of the VRRP state since the agent started",
      Object.entries(state.transitionCounts).map(([to, count]) => [{ to }, count]),
    ),
    ...metric(
      "claim_seconds",
      "gauge",
      "What the last claim of the VIP took",
      Object.entries(parts).map(([part, ms]) => [{ part }, ms / 1000]),
    ),
  ]
    .join("\n")
    .concat("\n");
}

const ALARMS = ["api", "vip", "split", "rate", "hang", "clock", "sync", ...ALARM_KINDS];

type Sample = [labels: Record<string, string>, value: number | boolean];

function metric(name: string, type: string, help: string, samples: Sample[]): string[] {
  const full = `nginx_ha_${name}`;
  const lines = samples.map(([labels, value]) => {
    const text = Object.entries(labels).map(([key, one]) => `${key}="${one}"`);
    return `${full}${text.length > 0 ? `{${text.join(",")}}` : ""} ${Number(value)}`;
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines];
}
