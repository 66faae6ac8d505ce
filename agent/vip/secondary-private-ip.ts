import type { Claim } from "../../node/claim";
import type { Answer, Ec2 } from "../ec2/api";
import { ownerOf, type VipClaim } from "./claim";

/**
 * The VIP as a secondary private address of the node's own interface. EC2 assigns it after it has answered: the
 * metadata of the machine says when (EC2 API Reference, AssignPrivateIpAddresses).
 */
export function secondaryPrivateIp(
  call: Ec2,
  claim: Extract<Claim, { mode: "secondaryPrivateIp" }>,
  metadata: (path: string) => Promise<string>,
): VipClaim {
  const { address, networkInterfaceId, peerInterfaceId } = claim;
  return {
    // A filter, because an id that is gone is an error, and the peer's interface may be.
    async owner() {
      const { networkInterfaceSet } = await call("DescribeNetworkInterfaces", {
        "Filter.1.Name": "network-interface-id",
        "Filter.1.Value.1": networkInterfaceId,
        "Filter.1.Value.2": peerInterfaceId,
      });
      const holder = (networkInterfaceSet as Answer[]).find((one) =>
        (one.privateIpAddressesSet as Answer[]).some(({ privateIpAddress }) => privateIpAddress === address),
      );
      return ownerOf(holder?.networkInterfaceId, claim);
    },
    async take(wanted) {
      const assign = {
        NetworkInterfaceId: networkInterfaceId,
        "PrivateIpAddress.1": address,
        AllowReassignment: "true",
      };
      await call("AssignPrivateIpAddresses", assign, wanted);
    },
    async settled() {
      const mac = await metadata("meta-data/mac");
      const all = await metadata(`meta-data/network/interfaces/macs/${mac.trim()}/local-ipv4s`);
      return all.split("\n").some((one) => one.trim() === address);
    },
  };
}
