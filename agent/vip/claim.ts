/** Whose the VIP is, as the API says: an exact match of parsed values. `other` is neither node's, or not all of it. */
export type Owner = "mine" | "peer" | "other" | "nobody";

/** How a node takes the VIP where the network must be told by an API. Nothing here ever gives it back. */
export interface VipClaim {
  /** No API has a part in it. */
  local?: true;
  owner(): Promise<Owner>;
  /**
   * One call that takes it from whoever has it, without a moment in which nobody has.
   * @param wanted asked before each call that changes something; `false` ends it
   */
  take(wanted: () => boolean): Promise<void>;
  /** Whether the machine's own side shows it, where that comes later than the API's answer. */
  settled?(): Promise<boolean>;
}

/** Which of two interfaces it is. */
export const ownerOf = (
  found: string | undefined,
  { networkInterfaceId, peerInterfaceId }: { networkInterfaceId: string; peerInterfaceId: string },
): Owner => {
  if (found === undefined || found === "") return "nobody";
  if (found === networkInterfaceId) return "mine";
  return found === peerInterfaceId ? "peer" : "other";
};
