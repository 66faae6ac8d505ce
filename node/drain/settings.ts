/** What a node has to know to let the VIP go, or to take it, without cutting a connection off. */
export interface DrainSettings {
  node: string;
  peer: {
    /** Its own address. */
    address: string;
    /** What clients' packets are addressed to when they reach it. */
    vip: string;
  };
  /** The interface that takes the VIP. */
  interface: string;
  /** What clients' packets are addressed to when they reach this node: the VIP, without its prefix length, or what an Elastic IP stands for. */
  vip: string;
  /** The IPv6 address that moves with the VIP, and the peer's own. */
  ipv6?: { vip: string; peer: string };
  /** Where the network, and no gratuitous ARP, says whose the VIP is; nothing on one L2 segment. */
  tunnel?: Tunnel;
  /** keepalived's anchor: on the loopback device if and only if the node is MASTER. */
  anchor: string;
  /** The name under which nginx answers for itself. */
  healthName: string;
  /** Seconds that established connections may go on. */
  seconds: number;
}

/** A VXLAN between the nodes: to the network its packets are the nodes' own. */
export interface Tunnel {
  /** The node's own address. */
  address: string;
  /** Which end: each has an address in it. */
  senior: boolean;
  /** How the answers of the node that lets the VIP go get out: by itself, or by the other node as well, because the network takes them from the VIP's holder only. */
  answers: "directly" | "doubled";
}
