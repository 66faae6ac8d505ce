/**
 * How the network learns who holds the VIP where gratuitous ARP moves nothing: what the agent asks the EC2 API for.
 * The target is always the node's own interface, never "the instance": an instance may have several.
 */
export type Claim =
  /** The Elastic IP's association names the node's interface and its dedicated private address. */
  | { mode: "elasticIp"; allocationId: string; networkInterfaceId: string; privateIp: string }
  /** The VIP is a secondary private address of the node's interface. */
  | { mode: "secondaryPrivateIp"; address: string; networkInterfaceId: string }
  /** The route to the VIP, in every one of these tables, names the node's interface. */
  | { mode: "overlayRoute"; address: string; networkInterfaceId: string; routeTableIds: string[] };

/** What a node's agent has to know: complete, no defaults left to apply. */
export interface AgentSettings {
  /** The EC2 Region. */
  region: string;
  /** keepalived's anchor: on the loopback device if and only if this node is MASTER. */
  anchor: string;
  claim: Claim;
}
