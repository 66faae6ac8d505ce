import { type Action, description, mutation } from "../action";
import { contains, overlaps, usable } from "../cidr";
import { refuse } from "../error";
import { newId } from "../ids";
import { subnetOf, vpcOf } from "../lookup";
import { fields, flag, required, text } from "../parameters";
import { arn, done, tagSet, zoneId } from "../show";
import type { Region, Subnet } from "../state";
import { tagSpecifications, tagsFor } from "../tags";
import { blockFor } from "./vpcs";

const create = mutation({
  parameters: {
    VpcId: required(text()),
    CidrBlock: required(text()),
    AvailabilityZone: text(),
    AvailabilityZoneId: text(),
    TagSpecification: tagSpecifications,
  },
  resources: (_, { VpcId }) => [
    { type: "vpc", id: VpcId },
    { type: "subnet", id: "*" },
  ],
  run(region, values) {
    const vpc = vpcOf(region, values.VpcId);
    const cidr = blockFor(values.CidrBlock, "Subnet");
    if (!contains(vpc.cidr, cidr)) refuse("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
    const others = Object.values(region.subnets).filter(({ vpcId }) => vpcId === vpc.id);
    if (others.some((other) => overlaps(other.cidr, cidr))) {
      refuse("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
    }
    const id = newId(region, "subnet");
    const tags = tagsFor(values.TagSpecification, "subnet");
    region.subnets[id] = { id, vpcId: vpc.id, cidr, zone: zoneFor(region, values), mapPublicIp: false, tags };
    return { subnet: show(region, subnetOf(region, id)) };
  },
});

function zoneFor(region: Region, asked: { AvailabilityZone?: string; AvailabilityZoneId?: string }): string {
  const { AvailabilityZone: name, AvailabilityZoneId: id } = asked;
  const zone = region.zones.find((one) => (!name || one.name === name) && (!id || one.id === id));
  return (
    zone?.name ??
    refuse(
      "InvalidParameterValue",
      `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${region.zones.map((one) => one.name).join(", ")}.`,
    )
  );
}

const remove = mutation({
  parameters: { SubnetId: required(text()) },
  run(region, { SubnetId }) {
    const subnet = subnetOf(region, SubnetId);
    if (interfacesIn(region, subnet).length > 0) {
      refuse("DependencyViolation", `The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
    }
    for (const table of Object.values(region.routeTables)) {
      table.associations = table.associations.filter(({ subnetId }) => subnetId !== subnet.id);
    }
    delete region.subnets[subnet.id];
    return done;
  },
});

const modify = mutation({
  dryRun: false,
  parameters: { SubnetId: required(text()), MapPublicIpOnLaunch: fields({ Value: required(flag()) }) },
  run(region, { SubnetId, MapPublicIpOnLaunch }) {
    const subnet = subnetOf(region, SubnetId);
    if (MapPublicIpOnLaunch) subnet.mapPublicIp = MapPublicIpOnLaunch.Value;
    return done;
  },
});

function interfacesIn(region: Region, subnet: Subnet) {
  return Object.values(region.interfaces).filter(({ subnetId }) => subnetId === subnet.id);
}

function free(region: Region, subnet: Subnet): number {
  return interfacesIn(region, subnet).reduce(
    (left, { privateIps }) => left - privateIps.length,
    usable(subnet.cidr),
  );
}

function show(region: Region, subnet: Subnet) {
  return {
    subnetId: subnet.id,
    subnetArn: arn(region, "subnet", subnet.id),
    ownerId: region.account,
    vpcId: subnet.vpcId,
    state: "available",
    cidrBlock: subnet.cidr,
    ipv6CidrBlockAssociationSet: [],
    availableIpAddressCount: free(region, subnet),
    availabilityZone: subnet.zone,
    availabilityZoneId: zoneId(region, subnet.zone),
    defaultForAz: false,
    mapPublicIpOnLaunch: subnet.mapPublicIp,
    assignIpv6AddressOnCreation: false,
    tagSet: tagSet(subnet.tags),
  };
}

const describe = description<Subnet>({
  set: "subnetSet",
  items: (region) => Object.values(region.subnets),
  select: { SubnetId: { of: ({ id }) => id, missing: "InvalidSubnetID.NotFound" } },
  filters: (region) => ({
    "subnet-id": ({ id }) => id,
    "subnet-arn": ({ id }) => arn(region, "subnet", id),
    "vpc-id": ({ vpcId }) => vpcId,
    "availability-zone": ({ zone }) => zone,
    "availability-zone-id": ({ zone }) => zoneId(region, zone),
    "cidr-block": ({ cidr }) => cidr,
    "map-public-ip-on-launch": ({ mapPublicIp }) => mapPublicIp,
    "default-for-az": () => false,
    "owner-id": () => region.account,
    state: () => "available",
  }),
  show,
});

export const subnetActions: Record<string, Action> = {
  CreateSubnet: create,
  DeleteSubnet: remove,
  ModifySubnetAttribute: modify,
  DescribeSubnets: describe,
};
