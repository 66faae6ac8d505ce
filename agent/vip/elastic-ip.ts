import type { Claim } from "../../node/claim";
import type { Answer, Ec2 } from "../ec2/api";
import { ownerOf, type VipClaim } from "./claim";

/** The Elastic IP on the node's own interface, at its dedicated private address. */
export function elasticIp(call: Ec2, claim: Extract<Claim, { mode: "elasticIp" }>): VipClaim {
  const { allocationId, networkInterfaceId, privateIp } = claim;
  return {
    async owner() {
      const { addressesSet } = await call("DescribeAddresses", { "AllocationId.1": allocationId });
      const [address] = addressesSet as Answer[];
      const owner = ownerOf(address?.networkInterfaceId, claim);
      return owner === "mine" && address.privateIpAddress !== privateIp ? "other" : owner;
    },
    async take(wanted) {
      const move = {
        AllocationId: allocationId,
        NetworkInterfaceId: networkInterfaceId,
        PrivateIpAddress: privateIp,
        AllowReassociation: "true",
      };
      await call("AssociateAddress", move, wanted);
    },
  };
}
