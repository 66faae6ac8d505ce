import type { Claim } from "../../node/claim";
import type { Answer, Ec2 } from "../ec2/api";
import type { VipClaim } from "./claim";

/** The VIP as a secondary private address of the node's own interface. */
export function secondaryPrivateIp(
  call: Ec2,
  { address, networkInterfaceId }: Extract<Claim, { mode: "secondaryPrivateIp" }>,
): VipClaim {
  return {
    async isMine() {
      const { networkInterfaceSet } = await call("DescribeNetworkInterfaces", {
        "NetworkInterfaceId.1": networkInterfaceId,
      });
      return (networkInterfaceSet as Answer[]).some((one) =>
        (one.privateIpAddressesSet as Answer[]).some(({ privateIpAddress }) => privateIpAddress === address),
      );
    },
    take: () =>
      call("AssignPrivateIpAddresses", {
        NetworkInterfaceId: networkInterfaceId,
        "PrivateIpAddress.1": address,
        AllowReassignment: "true",
      }),
  };
}
