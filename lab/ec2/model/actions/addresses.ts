import { type Action, description, mutation, type ResourceRef } from "../action";
import { Ec2Error, refuse } from "../error";
import { newId } from "../ids";
import { addressOf, elasticIpOn, instanceOf, interfaceOf, onlyInterfaceOf } from "../lookup";
import { flag, text } from "../parameters";
import { freePublicIp } from "../public-addresses";
import { done, tagSet } from "../show";
import type { Address, NetworkInterface, Region } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

/** EC2 User Guide, "Elastic IP addresses": five for each Region unless more were asked for. */
const QUOTA = 5;

const allocate = mutation({
  parameters: { Domain: text(["vpc"]), TagSpecification: tagSpecifications },
  resources: () => [{ type: "elastic-ip", id: "*" }],
  run(region, { TagSpecification }) {
    if (Object.keys(region.addresses).length >= QUOTA) {
      refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }
    const publicIp = freePublicIp(region);
    const id = newId(region, "eipalloc");
    region.addresses[id] = { id, publicIp, tags: tagsFor(TagSpecification, "elastic-ip") };
    return {
      publicIp,
      allocationId: id,
      domain: "vpc",
      publicIpv4Pool: "amazon",
      networkBorderGroup: region.name,
    };
  },
});

const release = mutation({
  parameters: { AllocationId: text() },
  run(region, { AllocationId }) {
    if (!AllocationId)
      return refuse("MissingParameter", "The request must contain the parameter AllocationId");
    const address = addressOf(region, AllocationId);
    if (address.association) {
      refuse("InvalidIPAddress.InUse", `Address ${address.publicIp} is associated: disassociate it first.`);
    }
    delete region.addresses[address.id];
    return done;
  },
});

interface Target {
  InstanceId?: string;
  NetworkInterfaceId?: string;
}

/** The interface that AssociateAddress means; an instance stands for its interface if it has exactly one. */
function targetOf(region: Region, { InstanceId, NetworkInterfaceId }: Target): NetworkInterface {
  if (InstanceId && NetworkInterfaceId) {
    refuse(
      "InvalidParameterCombination",
      "You may specify only one of instance ID and network interface ID.",
    );
  }
  if (NetworkInterfaceId) return interfaceOf(region, NetworkInterfaceId);
  if (!InstanceId)
    return refuse("MissingParameter", "Either an instance ID or a network interface ID is required.");
  const { state } = instanceOf(region, InstanceId);
  if (state !== "running" && state !== "stopped" && state !== "stopping") {
    refuse(
      "InvalidInstanceID",
      `The ${state} instance '${InstanceId}' is not in a valid state for this operation.`,
    );
  }
  return onlyInterfaceOf(
    region,
    InstanceId,
    () =>
      new Ec2Error(
        "InvalidInstanceID",
        `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`,
      ),
  );
}

/**
 * Moves the address in one step. What is there already does not stop it: an elastic IP on the target address
 * loses its association and stays allocated, and a lent public address goes back for good (EC2 API Reference,
 * AssociateAddress; EC2 User Guide, "Associate an Elastic IP address"). Without AllowReassociation an address
 * that somebody else has is refused: the reference calls reassociation automatic, callers have met
 * Resource.AlreadyAssociated, and the stricter of the two is what a program must be ready for.
 */
const associate = mutation({
  parameters: {
    AllocationId: text(),
    InstanceId: text(),
    PublicIp: text(),
    NetworkInterfaceId: text(),
    PrivateIpAddress: text(),
    AllowReassociation: flag(),
  },
  resources(region, { AllocationId, InstanceId, NetworkInterfaceId }) {
    return [
      ...(AllocationId ? [{ type: "elastic-ip", id: AllocationId }] : []),
      ...targetRefs(region, InstanceId, NetworkInterfaceId),
    ];
  },
  run(region, values) {
    if (values.PublicIp) {
      refuse(
        "InvalidParameterCombination",
        "You must specify an allocation id when mapping an address to a VPC instance",
      );
    }
    if (!values.AllocationId)
      return refuse("MissingParameter", "The request must contain the parameter AllocationId");
    const address = addressOf(region, values.AllocationId);
    const target = targetOf(region, values);
    const privateIp = values.PrivateIpAddress ?? target.privateIps[0] ?? "";
    if (!target.privateIps.includes(privateIp)) {
      refuse("InvalidParameterValue", `The private IP address ${privateIp} is not assigned to ${target.id}.`);
    }
    requireGateway(region, target);
    const before = address.association;
    if (before?.networkInterfaceId === target.id && before.privateIp === privateIp) {
      return { ...done, associationId: before.id };
    }
    if (before && !values.AllowReassociation) {
      refuse(
        "Resource.AlreadyAssociated",
        `resource ${address.id} is already associated with associate-id ${before.id}`,
      );
    }
    const displaced = elasticIpOn(region, target.id, privateIp);
    if (displaced) delete displaced.association;
    if (privateIp === target.privateIps[0]) delete target.automaticPublicIp;
    const id = newId(region, "eipassoc");
    address.association = { id, networkInterfaceId: target.id, privateIp };
    return { ...done, associationId: id };
  },
});

function requireGateway(region: Region, { subnetId }: NetworkInterface): void {
  const vpcId = region.subnets[subnetId]?.vpcId ?? "";
  if (!Object.values(region.internetGateways).some((gateway) => gateway.vpcId === vpcId)) {
    refuse("Gateway.NotAttached", `Network ${vpcId} is not attached to any internet gateway`);
  }
}

const disassociate = mutation({
  parameters: { AssociationId: text(), PublicIp: text() },
  resources(region, { AssociationId }) {
    const address = byAssociation(region, AssociationId);
    if (!address) return [{ type: "elastic-ip", id: "*" }];
    return [
      { type: "elastic-ip", id: address.id },
      ...targetRefs(region, undefined, address.association?.networkInterfaceId),
    ];
  },
  run(region, { AssociationId, PublicIp }) {
    if (PublicIp)
      refuse(
        "InvalidParameterValue",
        "You must specify an association id when unmapping an address from a VPC instance",
      );
    if (!AssociationId)
      return refuse("MissingParameter", "The request must contain the parameter AssociationId");
    const address = byAssociation(region, AssociationId);
    if (!address)
      return refuse("InvalidAssociationID.NotFound", `The association ID '${AssociationId}' does not exist`);
    // Whose it is says the lookup: a NAT gateway keeps its address.
    if (address.association) interfaceOf(region, address.association.networkInterfaceId);
    delete address.association;
    return done;
  },
});

function byAssociation(region: Region, id: string | undefined): Address | undefined {
  return Object.values(region.addresses).find(({ association }) => association && association.id === id);
}

/**
 * The instance and the interface of a request: the one it names, and the other one that goes with it
 * (Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2").
 */
function targetRefs(region: Region, instanceId?: string, interfaceId?: string): ResourceRef[] {
  const interfaces = interfaceId
    ? [interfaceId]
    : Object.values(region.interfaces).flatMap(({ id, attachment }) =>
        attachment?.instanceId === instanceId ? [id] : [],
      );
  const instance = instanceId ?? region.interfaces[interfaceId ?? ""]?.attachment?.instanceId;
  return [
    ...(instance ? [{ type: "instance", id: instance }] : []),
    ...interfaces.map((id) => ({ type: "network-interface", id })),
  ];
}

const describe = description<Address>({
  set: "addressesSet",
  pages: false,
  items: (region) => Object.values(region.addresses),
  select: {
    AllocationId: { of: ({ id }) => id, missing: "InvalidAllocationID.NotFound" },
    PublicIp: { of: ({ publicIp }) => publicIp, missing: "InvalidAddress.NotFound" },
  },
  filters: (region) => ({
    "allocation-id": ({ id }) => id,
    "association-id": ({ association }) => association?.id,
    domain: () => "vpc",
    "instance-id": ({ association }) => holder(region, association)?.attachment?.instanceId,
    "network-border-group": () => region.name,
    "network-interface-id": ({ association }) => association?.networkInterfaceId,
    "network-interface-owner-id": ({ association }) => association && region.account,
    "private-ip-address": ({ association }) => association?.privateIp,
    "public-ip": ({ publicIp }) => publicIp,
  }),
  show: (region, { id, publicIp, association, tags }) => ({
    publicIp,
    allocationId: id,
    domain: "vpc",
    ...(association && {
      instanceId: holder(region, association)?.attachment?.instanceId,
      associationId: association.id,
      networkInterfaceId: association.networkInterfaceId,
      networkInterfaceOwnerId: region.account,
      privateIpAddress: association.privateIp,
    }),
    tagSet: tagSet(tags),
    publicIpv4Pool: "amazon",
    networkBorderGroup: region.name,
  }),
});

function holder(region: Region, association: Address["association"]): NetworkInterface | undefined {
  return association && region.interfaces[association.networkInterfaceId];
}

export const addressActions: Record<string, Action> = {
  AllocateAddress: allocate,
  ReleaseAddress: release,
  AssociateAddress: associate,
  DisassociateAddress: disassociate,
  DescribeAddresses: describe,
};
