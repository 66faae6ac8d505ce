import { publicSide } from "./public-addresses";
import { groupSet, privateName, publicName, tagSet, zoneId } from "./show";
import type { NetworkInterface, Region } from "./state";

/** What DescribeNetworkInterfaces says of an interface. */
export function showInterface(region: Region, one: NetworkInterface) {
  const subnet = region.subnets[one.subnetId];
  const primary = one.privateIps[0] ?? "";
  const { attachment } = one;
  return {
    networkInterfaceId: one.id,
    subnetId: one.subnetId,
    vpcId: subnet?.vpcId,
    availabilityZone: subnet?.zone,
    availabilityZoneId: subnet && zoneId(region, subnet.zone),
    description: one.description,
    ownerId: region.account,
    requesterManaged: one.natGatewayId !== undefined,
    interfaceType: typeOf(one),
    status: statusOf(one),
    macAddress: one.mac,
    privateIpAddress: primary,
    privateDnsName: privateName(region, primary),
    sourceDestCheck: one.sourceDestCheck,
    groupSet: groupSet(region, one.groups),
    ...(attachment && {
      attachment: {
        attachmentId: attachment.id,
        instanceId: attachment.instanceId,
        instanceOwnerId: region.account,
        deviceIndex: attachment.deviceIndex,
        networkCardIndex: 0,
        status: "attached",
        attachTime: new Date(attachment.time),
        deleteOnTermination: attachment.deleteOnTermination,
      },
    }),
    association: association(region, one, primary, true),
    privateIpAddressesSet: privateSet(region, one, true),
    ipv6AddressesSet: [],
    tagSet: tagSet(one.tags),
  };
}

export const typeOf = ({ natGatewayId }: NetworkInterface) => (natGatewayId ? "nat_gateway" : "interface");
export const statusOf = ({ attachment, natGatewayId }: NetworkInterface) =>
  attachment || natGatewayId ? "in-use" : "available";

/** The same as DescribeInstances shows it inside its instance, where associations have fewer members. */
export function showInside(region: Region, one: NetworkInterface) {
  const {
    availabilityZone,
    availabilityZoneId,
    requesterManaged,
    tagSet: tags,
    attachment,
    ...rest
  } = showInterface(region, one);
  const { instanceId, instanceOwnerId, ...attached } = attachment ?? {};
  return {
    ...rest,
    ...(attachment && { attachment: attached }),
    association: association(region, one, one.privateIps[0] ?? "", false),
    privateIpAddressesSet: privateSet(region, one, false),
  };
}

function privateSet(region: Region, one: NetworkInterface, ids: boolean) {
  return one.privateIps.map((address, index) => ({
    privateIpAddress: address,
    privateDnsName: privateName(region, address),
    primary: index === 0,
    association: association(region, one, address, ids),
  }));
}

function association(region: Region, one: NetworkInterface, privateIp: string, ids: boolean) {
  const side = publicSide(region, one, privateIp);
  if (!side) return undefined;
  const { elastic, publicIp } = side;
  return {
    publicIp,
    publicDnsName: publicName(region, region.subnets[one.subnetId]?.vpcId, publicIp),
    ipOwnerId: elastic ? region.account : "amazon",
    ...(elastic && ids && { allocationId: elastic.id, associationId: elastic.association?.id }),
  };
}
