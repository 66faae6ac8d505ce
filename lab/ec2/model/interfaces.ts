import { refuse } from "./error";
import { newId, newMac } from "./ids";
import { groupOf, subnetOf } from "./lookup";
import { checkInSubnet, checkLimit, freePrivateIps, ownerOf } from "./private-addresses";
import type { Attachment, NetworkInterface, Region } from "./state";

/** What a new interface is asked to be. */
export interface InterfaceRequest {
  subnetId: string;
  groups: string[];
  description?: string;
  /** The primary private address. */
  privateIp?: string;
  privateIps?: { PrivateIpAddress: string; Primary?: boolean }[];
  secondaryCount?: number;
  tags?: Record<string, string>;
}

/** Makes an interface; without groups it is in its VPC's default one. */
export function newInterface(region: Region, request: InterfaceRequest): NetworkInterface {
  const subnet = subnetOf(region, request.subnetId);
  const id = newId(region, "eni");
  const created: NetworkInterface = {
    id,
    subnetId: subnet.id,
    mac: newMac(region),
    description: request.description ?? "",
    privateIps: [],
    sourceDestCheck: true,
    groups: groupsFor(region, subnet.vpcId, request.groups),
    tags: request.tags ?? {},
  };
  region.interfaces[id] = created;
  for (const address of wanted(request)) {
    checkInSubnet(subnet, address);
    if (ownerOf(region, subnet.id, address))
      refuse("InvalidIPAddress.InUse", `Address ${address} is in use.`);
    created.privateIps.push(address);
  }
  const secondary = Math.max(0, created.privateIps.length - 1);
  const missing = 1 + (request.secondaryCount ?? secondary) - created.privateIps.length;
  if (missing > 0) created.privateIps.push(...freePrivateIps(region, subnet.id, missing));
  return created;
}

/** The addresses that a request names, the primary one first. */
function wanted({ privateIp, privateIps = [] }: InterfaceRequest): string[] {
  const primaries = [
    ...(privateIp ? [privateIp] : []),
    ...privateIps.flatMap((one) => (one.Primary ? one.PrivateIpAddress : [])),
  ];
  if (new Set(primaries).size > 1) {
    refuse("InvalidParameterCombination", "Only one private address can be the primary one.");
  }
  if (privateIps.length > 0 && primaries.length === 0) {
    refuse("MissingParameter", "One of the private addresses must be the primary one.");
  }
  return [...new Set([...primaries, ...privateIps.map((one) => one.PrivateIpAddress)])];
}

/** Groups as an interface can have them: one to five, of its own VPC. */
export function groupsFor(region: Region, vpcId: string, groups: readonly string[]): string[] {
  const byDefault = Object.values(region.securityGroups).filter(
    (one) => one.vpcId === vpcId && one.name === "default",
  );
  const chosen = groups.length > 0 ? groups.map((id) => groupOf(region, id)) : byDefault;
  if (chosen.some((group) => group.vpcId !== vpcId)) {
    refuse("InvalidParameterValue", "You have specified two resources that belong to different networks.");
  }
  if (chosen.length > 5)
    refuse(
      "SecurityGroupsPerInterfaceLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
    );
  return [...new Set(chosen.map(({ id }) => id))];
}

/** Puts an interface into an instance; one that is in use stays where it is. */
export function attach(region: Region, target: NetworkInterface, to: Omit<Attachment, "id">): void {
  if (target.attachment) refuse("InvalidNetworkInterface.InUse", `Interface: [${target.id}] in use.`);
  target.attachment = { id: newId(region, "eni-attach"), ...to };
  checkLimit(region, target, target.privateIps.length);
}

/** Removes an interface; an elastic IP on it stays allocated. */
export function dropInterface(region: Region, id: string): void {
  for (const address of Object.values(region.addresses)) {
    if (address.association?.networkInterfaceId === id) delete address.association;
  }
  delete region.interfaces[id];
}
