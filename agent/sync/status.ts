import { shortOf } from "../../node/sync/tree-hash";
import { type Head, idOf, isOverridden } from "./head";
import type { Synchroniser } from "./synchroniser";

/** What one node's synchronisation tells of itself. */
export interface SyncStatus {
  node: string;
  /** What is served here; nothing before the first generation. */
  generation?: ReturnType<typeof shown>;
  /** Whether both nodes have it on their disks; otherwise it is accepted here only. */
  acknowledged: boolean;
  /** Whether the peer was asked since the start, and has nothing later. */
  confirmed: boolean;
  peer: { name: string; reachable: boolean; generation?: string };
  /** Ids, the newest first: what `nginx-ha rollback` can go back to. */
  kept: string[];
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

export function statusOf(node: string, peer: string, reachable: boolean, sync: Synchroniser): SyncStatus {
  const { current, keeper } = sync;
  const theirs = sync.peer?.head;
  return {
    node,
    ...(current && { generation: shown(current) }),
    acknowledged: current !== undefined && keeper.store.acknowledged() === idOf(current),
    confirmed: sync.confirmed,
    peer: { name: peer, reachable, ...(theirs && { generation: idOf(theirs) }) },
    kept: keeper.store.history(),
    alarms: sync.alarms.all,
  };
}
