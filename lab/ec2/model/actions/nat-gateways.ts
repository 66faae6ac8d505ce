import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { newId } from "../ids";
import { dropInterface, newInterface } from "../interfaces";
import { addressOf, natGatewayOf, subnetOf } from "../lookup";
import { required, text } from "../parameters";
import { tagSet } from "../show";
import type { NatGateway, Region } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

/** A public one; it is there at once, where EC2 takes about two minutes. */
const create = mutation({
  parameters: {
    SubnetId: required(text()),
    AllocationId: required(text()),
    ConnectivityType: text(["public"]),
    TagSpecification: tagSpecifications,
    ClientToken: text(),
  },
  resources: (_, { SubnetId, AllocationId }) => [
    { type: "subnet", id: SubnetId },
    { type: "elastic-ip", id: AllocationId },
    { type: "natgateway", id: "*" },
  ],
  run(region, { SubnetId, AllocationId, TagSpecification, ClientToken }, { now }) {
    const subnet = subnetOf(region, SubnetId);
    const address = addressOf(region, AllocationId);
    const gateways = Object.values(region.internetGateways);
    if (!gateways.some(({ vpcId }) => vpcId === subnet.vpcId))
      refuse("Gateway.NotAttached", `Network ${subnet.vpcId} has no Internet gateway attached`);
    if (address.association)
      refuse("Resource.AlreadyAssociated", `Elastic IP address [${address.id}] is already associated`);
    const id = newId(region, "nat");
    const own = newInterface(region, {
      subnetId: subnet.id,
      groups: [],
      description: `Interface for NAT Gateway ${id}`,
    });
    Object.assign(own, { groups: [], sourceDestCheck: false, natGatewayId: id });
    const association = { id: newId(region, "eipassoc"), privateIp: own.privateIps[0] ?? "" };
    address.association = { ...association, networkInterfaceId: own.id };
    const made = { id, subnetId: subnet.id, allocationId: address.id, networkInterfaceId: own.id };
    const tags = tagsFor(TagSpecification, "natgateway");
    region.natGateways[id] = { ...made, created: now, tags };
    return { natGateway: show(region, natGatewayOf(region, id)), clientToken: ClientToken };
  },
});

const remove = mutation({
  parameters: { NatGatewayId: required(text()) },
  run(region, { NatGatewayId }) {
    const { id, networkInterfaceId } = natGatewayOf(region, NatGatewayId);
    dropInterface(region, networkInterfaceId);
    delete region.natGateways[id];
    return { natGatewayId: id };
  },
});

function show(region: Region, one: NatGateway) {
  const address = region.addresses[one.allocationId];
  return {
    natGatewayId: one.id,
    subnetId: one.subnetId,
    vpcId: region.subnets[one.subnetId]?.vpcId,
    state: "available",
    connectivityType: "public",
    createTime: new Date(one.created),
    natGatewayAddressSet: [
      {
        allocationId: one.allocationId,
        associationId: address?.association?.id,
        networkInterfaceId: one.networkInterfaceId,
        privateIp: region.interfaces[one.networkInterfaceId]?.privateIps[0],
        publicIp: address?.publicIp,
        isPrimary: true,
        status: "succeeded",
      },
    ],
    tagSet: tagSet(one.tags),
  };
}

const describe = description<NatGateway>({
  set: "natGatewaySet",
  items: (region) => Object.values(region.natGateways),
  select: { NatGatewayId: { of: ({ id }) => id, missing: "NatGatewayNotFound" } },
  filters: (region) => ({
    "nat-gateway-id": ({ id }) => id,
    "subnet-id": ({ subnetId }) => subnetId,
    "vpc-id": ({ subnetId }) => region.subnets[subnetId]?.vpcId,
    state: () => "available",
  }),
  show,
});

export const natGatewayActions: Record<string, Action> = {
  CreateNatGateway: create,
  DeleteNatGateway: remove,
  DescribeNatGateways: describe,
};
