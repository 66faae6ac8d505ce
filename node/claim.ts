/**
 * How the network learns who holds the VIP where gratuitous ARP moves nothing: what the agent asks the EC2 API for.
 * The target is always the node's own interface, never "the instance": an instance may have several.
 */
export type Claim =
  /** The Elastic IP's association names the node's interface and its dedicated private address. */
  | ({ mode: "elasticIp"; allocationId: string; privateIp: string } & Interfaces)
  /** The VIP is a secondary private address of the node's interface. */
  | ({ mode: "secondaryPrivateIp"; address: string } & Interfaces)
  /** The route to the VIP, in every one of these tables, names the node's interface. */
  | ({ mode: "overlayRoute"; address: string; routeTableIds: string[] } & Interfaces);

interface Interfaces {
  networkInterfaceId: string;
  /** The peer's: who has the VIP when this node has not. */
  peerInterfaceId: string;
}

/** On one L2 segment keepalived itself holds the VIP, and there is nothing to ask for. */
export interface ArpClaim {
  mode: "arp";
  address: string;
  /** The IPv6 address that moves with it, as the kernel spells it. */
  address6?: string;
  interface: string;
}

/** What a node's agent has to know: complete, no defaults left to apply. */
export interface AgentSettings {
  node: string;
  peer: { name: string; address: string };
  /** The VIP without its prefix length. */
  vip: string;
  /** keepalived's anchor: on the loopback device if and only if this node is MASTER. */
  anchor: string;
  /** Whether this node has the higher priority. */
  senior: boolean;
  /** Seconds between two adverts of a MASTER. */
  advertInterval: number;
  /** The name under which nginx answers for itself. */
  healthName: string;
  /** The EC2 Region, where there is one. */
  region?: string;
  claim: Claim | ArpClaim;
}
