/** What a node's synchronisation has to know: complete, no defaults left to apply. */
export interface SyncSettings {
  node: string;
  /** Whether this node's priority is the higher one: it makes the first generation. */
  senior: boolean;
  /** The other node's name; how it is reached is in `sync/ssh_config`. */
  peer: string;
  /** keepalived's anchor: on the loopback device if and only if this node is MASTER. */
  anchor: string;
  /** The name under which nginx answers for itself. */
  healthName: string;
  /** Seconds that a node which boots waits for its peer before it serves what it has. */
  bootWait: number;
  /** Seconds between two looks at the peer and at the operator's directory. */
  interval: number;
}
