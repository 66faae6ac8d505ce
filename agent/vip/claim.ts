/** How a node takes the VIP where the network must be told by an API. Nothing here ever gives it back. */
export interface VipClaim {
  /** Whether the API says that it is this node's; an exact match of parsed values. */
  isMine(): Promise<boolean>;
  /** One call that takes it from whoever has it, without a moment in which nobody has. */
  take(): Promise<void>;
}
