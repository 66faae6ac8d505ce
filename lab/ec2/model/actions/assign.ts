import { type Action, mutation } from "../action";
import { refuse } from "../error";
import { elasticIpOn, interfaceOf, subnetOf } from "../lookup";
import { flag, integer, list, required, text } from "../parameters";
import { checkInSubnet, checkLimit, freePrivateIps, ownerOf } from "../private-addresses";
import { done } from "../show";
import type { NetworkInterface, Region } from "../state";

/**
 * Gives an interface secondary addresses. With AllowReassignment an address leaves the interface that had it,
 * and its elastic IP goes with it; addresses move inside their subnet only (EC2 API Reference,
 * AssignPrivateIpAddresses; EC2 User Guide, "Secondary IP addresses").
 */
const assign = mutation({
  dryRun: false,
  parameters: {
    NetworkInterfaceId: required(text()),
    PrivateIpAddress: list(text()),
    SecondaryPrivateIpAddressCount: integer(1),
    AllowReassignment: flag(),
  },
  run(region, values) {
    const target = interfaceOf(region, values.NetworkInterfaceId);
    const count = values.SecondaryPrivateIpAddressCount;
    if (count !== undefined && values.PrivateIpAddress.length > 0) {
      refuse("InvalidParameterCombination", "Give either addresses or a count of addresses, not both.");
    }
    if (count === undefined && values.PrivateIpAddress.length === 0) {
      refuse("MissingParameter", "Either secondaryPrivateIpAddressCount or privateIpAddresses is required.");
    }
    const asked =
      values.PrivateIpAddress.length > 0
        ? values.PrivateIpAddress
        : freePrivateIps(region, target.subnetId, count ?? 0);
    const fresh = [...new Set(asked)].filter((address) => !target.privateIps.includes(address));
    for (const address of fresh) checkInSubnet(subnetOf(region, target.subnetId), address);
    checkLimit(region, target, target.privateIps.length + fresh.length);
    for (const address of fresh) take(region, target, address, values.AllowReassignment ?? false);
    return {
      ...done,
      networkInterfaceId: target.id,
      assignedPrivateIpAddressesSet: asked.map((privateIpAddress) => ({ privateIpAddress })),
    };
  },
});

function take(region: Region, target: NetworkInterface, address: string, allowed: boolean): void {
  const owner = ownerOf(region, target.subnetId, address);
  if (owner && !allowed) {
    refuse(
      "InvalidParameterValue",
      `[${address}] is already assigned to another interface; reassignment is not allowed.`,
    );
  }
  if (owner?.privateIps[0] === address) {
    refuse(
      "InvalidParameterValue",
      `[${address}] is the primary address of ${owner.id} and cannot be reassigned.`,
    );
  }
  if (owner) {
    const elastic = elasticIpOn(region, owner.id, address);
    if (elastic?.association) elastic.association.networkInterfaceId = target.id;
    owner.privateIps = owner.privateIps.filter((other) => other !== address);
  }
  target.privateIps.push(address);
}

const unassign = mutation({
  dryRun: false,
  parameters: { NetworkInterfaceId: required(text()), PrivateIpAddress: list(text()) },
  run(region, { NetworkInterfaceId, PrivateIpAddress }) {
    const from = interfaceOf(region, NetworkInterfaceId);
    if (PrivateIpAddress.length === 0)
      refuse("MissingParameter", "The request must contain the parameter privateIpAddress");
    for (const address of PrivateIpAddress) {
      if (!from.privateIps.includes(address)) {
        refuse(
          "InvalidParameterValue",
          `Some of the specified addresses are not assigned to interface ${from.id}`,
        );
      }
      if (from.privateIps[0] === address) {
        refuse("InvalidParameterValue", "The primary private address of an interface cannot be unassigned.");
      }
      const elastic = elasticIpOn(region, from.id, address);
      if (elastic) delete elastic.association;
    }
    from.privateIps = from.privateIps.filter((address) => !PrivateIpAddress.includes(address));
    return done;
  },
});

export const assignActions: Record<string, Action> = {
  AssignPrivateIpAddresses: assign,
  UnassignPrivateIpAddresses: unassign,
};
