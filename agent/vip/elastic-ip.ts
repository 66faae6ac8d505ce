import type { Claim } from "../../node/claim";
import type { Answer, Ec2 } from "../ec2/api";
import type { VipClaim } from "./claim";

/** The Elastic IP on the node's own interface, at its dedicated private address. */
export function elasticIp(call: Ec2, claim: Extract<Claim, { mode: "elasticIp" }>): VipClaim {
  const { allocationId, networkInterfaceId, privateIp } = claim;
  return {
    async isMine() {
      const { addressesSet } = await call("DescribeAddresses", { "AllocationId.1": allocationId });
      return (addressesSet as Answer[]).some(
        (address) =>
          address.networkInterfaceId === networkInterfaceId && address.privateIpAddress === privateIp,
      );
    },
    take: () =>
      call("AssociateAddress", {
        AllocationId: allocationId,
        NetworkInterfaceId: networkInterfaceId,
        PrivateIpAddress: privateIp,
        AllowReassociation: "true",
      }),
  };
}
