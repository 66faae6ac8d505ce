import { instanceTypes } from "./catalogue";
import { addressesOf, contains, isAddress, reserved } from "./cidr";
import { refuse } from "./error";
import { subnetOf } from "./lookup";
import type { NetworkInterface, Region, Subnet } from "./state";

/** Refuses an address that no interface of the subnet can have. */
export function checkInSubnet(subnet: Subnet, address: string): void {
  if (!isAddress(address)) {
    refuse("InvalidParameterValue", `invalid value for parameter address: ${address}`);
  }
  if (!contains(subnet.cidr, `${address}/32`)) {
    refuse("InvalidParameterValue", "Address does not fall within the subnet's address range");
  }
  if (reserved(subnet.cidr, address)) {
    refuse("InvalidParameterValue", "Address is in subnet's reserved address range");
  }
}

/** The interface of this VPC's subnet that has the address. */
export function ownerOf(region: Region, subnetId: string, address: string): NetworkInterface | undefined {
  return Object.values(region.interfaces).find(
    (candidate) => candidate.subnetId === subnetId && candidate.privateIps.includes(address),
  );
}

/** As many addresses of a subnet as asked for that nobody has. */
export function freePrivateIps(region: Region, subnetId: string, count: number): string[] {
  const { cidr } = subnetOf(region, subnetId);
  const free: string[] = [];
  for (const address of addressesOf(cidr)) {
    if (free.length === count) break;
    if (!reserved(cidr, address) && !ownerOf(region, subnetId, address)) free.push(address);
  }
  if (free.length < count) {
    refuse("InsufficientFreeAddressesInSubnet", `The specified subnet does not have enough free addresses.`);
  }
  return free;
}

/** An interface has as many addresses as the type of its instance allows; one on the shelf is checked when it is attached. */
export function checkLimit(region: Region, { attachment }: NetworkInterface, count: number): void {
  const instance = attachment && region.instances[attachment.instanceId];
  const limit = instance && instanceTypes.get(instance.type)?.addresses;
  if (limit !== undefined && count > limit) {
    refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.");
  }
}
