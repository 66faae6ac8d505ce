/** What a node has to know to let the VIP go, or to take it, without cutting a connection off. */
export interface DrainSettings {
  node: string;
  peer: { address: string };
  /** The interface that takes the VIP. */
  interface: string;
  /** The VIP without its prefix length. */
  vip: string;
  /** keepalived's anchor: on the loopback device if and only if the node is MASTER. */
  anchor: string;
  /** The name under which nginx answers for itself. */
  healthName: string;
  /** Seconds that established connections may go on. */
  seconds: number;
}
