import { uptime } from "node:os";
import { shortOf } from "../../node/sync/tree-hash";
import { type Head, idOf, isOverridden } from "./head";
import type { Synchroniser } from "./synchroniser";

/** What one node's synchronisation tells of itself. */
export interface SyncStatus {
  node: string;
  /** When it was told, in seconds since the machine's start: what is old is of a process that hangs. */
  told: number;
  /** What is served here; nothing before the first generation. */
  generation?: ReturnType<typeof shown>;
  /** Whether both nodes have it on their disks; otherwise it is accepted here only. */
  acknowledged: boolean;
  /** Whether the peer was asked since the start, and has nothing later. */
  confirmed: boolean;
  peer: { name: string; reachable: boolean; generation?: string };
  /** Ids, the newest first: what `nginx-ha rollback` can go back to. */
  kept: string[];
  /** Certificates and keys, a stream of their own. */
  secrets: { generation?: string; acknowledged: boolean };
  alarms: Synchroniser["alarms"]["all"];
}

const shown = (head: Head) => ({
  id: idOf(head),
  term: head.term,
  number: head.number,
  hash: shortOf(head.hash),
  source: head.source,
  by: head.by,
  at: head.at,
  overridden: isOverridden(head),
});

const isAcknowledged = ({ current, keeper }: Synchroniser): boolean =>
  current !== undefined && keeper.store.acknowledged() === idOf(current);

/** One alarm of each kind: that both streams do not reach the peer is one thing. */
const merged = (configuration: Alarms, secrets: Alarms): Alarms => [
  ...configuration,
  ...secrets
    .filter(({ kind }) => !configuration.some((one) => one.kind === kind))
    .map((alarm) => ({ ...alarm, reason: `certificates and keys: ${alarm.reason}` })),
];
type Alarms = Synchroniser["alarms"]["all"];

export function statusOf(
  node: string,
  peer: { name: string; reachable: boolean },
  { configuration: sync, secrets }: Record<"configuration" | "secrets", Synchroniser>,
): SyncStatus {
  const { current, keeper } = sync;
  const theirs = sync.peer?.head;
  return {
    node,
    told: Math.round(uptime()),
    ...(current && { generation: shown(current) }),
    acknowledged: isAcknowledged(sync),
    confirmed: sync.confirmed && secrets.confirmed,
    peer: { ...peer, ...(theirs && { generation: idOf(theirs) }) },
    kept: keeper.store.history(),
    secrets: {
      ...(secrets.current && { generation: idOf(secrets.current) }),
      acknowledged: isAcknowledged(secrets),
    },
    alarms: merged(sync.alarms.all, secrets.alarms.all),
  };
}
