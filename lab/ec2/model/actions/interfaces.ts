import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { dropInterface, groupsFor, newInterface } from "../interfaces";
import { privateIpParameter } from "../launch-parameters";
import { interfaceOf, subnetOf } from "../lookup";
import { fields, flag, integer, list, required, text } from "../parameters";
import { publicSide } from "../public-addresses";
import { done, privateName } from "../show";
import { showInterface, statusOf, typeOf } from "../show-interface";
import type { NetworkInterface, Region } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

const create = mutation({
  parameters: {
    SubnetId: required(text()),
    Description: text(),
    PrivateIpAddress: text(),
    PrivateIpAddresses: privateIpParameter,
    SecondaryPrivateIpAddressCount: integer(1),
    SecurityGroupId: list(text()),
    InterfaceType: text(["interface"]),
    TagSpecification: tagSpecifications,
    ClientToken: text(),
  },
  resources: (_, { SubnetId, SecurityGroupId }) => [
    { type: "subnet", id: SubnetId },
    ...SecurityGroupId.map((id) => ({ type: "security-group", id })),
    { type: "network-interface", id: "*" },
  ],
  run(region, values) {
    const created = newInterface(region, {
      subnetId: values.SubnetId,
      groups: values.SecurityGroupId,
      description: values.Description,
      privateIp: values.PrivateIpAddress,
      privateIps: values.PrivateIpAddresses,
      secondaryCount: values.SecondaryPrivateIpAddressCount,
      tags: tagsFor(values.TagSpecification, "network-interface"),
    });
    return { networkInterface: showInterface(region, created), clientToken: values.ClientToken };
  },
});

const remove = mutation({
  parameters: { NetworkInterfaceId: required(text()) },
  run(region, { NetworkInterfaceId }) {
    const { id, attachment } = interfaceOf(region, NetworkInterfaceId);
    if (attachment) refuse("InvalidNetworkInterface.InUse", `Network interface '${id}' is currently in use.`);
    dropInterface(region, id);
    return done;
  },
});

/** One attribute for each request (EC2 API Reference, ModifyNetworkInterfaceAttribute). */
const modify = mutation({
  parameters: {
    NetworkInterfaceId: required(text()),
    Description: fields({ Value: required(text()) }),
    SourceDestCheck: fields({ Value: required(flag()) }),
    SecurityGroupId: list(text()),
    Attachment: fields({ AttachmentId: required(text()), DeleteOnTermination: required(flag()) }),
  },
  run(region, { NetworkInterfaceId, Description, SourceDestCheck, SecurityGroupId, Attachment }) {
    const target = interfaceOf(region, NetworkInterfaceId);
    const groups = SecurityGroupId.length > 0 ? SecurityGroupId : undefined;
    if ([Description, SourceDestCheck, groups, Attachment].filter(Boolean).length !== 1) {
      refuse(
        "InvalidParameterCombination",
        "A request changes exactly one attribute of a network interface.",
      );
    }
    if (Description) target.description = Description.Value;
    if (SourceDestCheck) target.sourceDestCheck = SourceDestCheck.Value;
    if (groups) target.groups = groupsFor(region, subnetOf(region, target.subnetId).vpcId, groups);
    if (Attachment) {
      if (target.attachment?.id !== Attachment.AttachmentId) {
        return refuse(
          "InvalidAttachmentID.NotFound",
          `The attachment ID '${Attachment.AttachmentId}' does not exist`,
        );
      }
      target.attachment.deleteOnTermination = Attachment.DeleteOnTermination;
    }
    return done;
  },
});

const describe = description<NetworkInterface>({
  set: "networkInterfaceSet",
  items: (region) => Object.values(region.interfaces),
  select: { NetworkInterfaceId: { of: ({ id }) => id, missing: "InvalidNetworkInterfaceID.NotFound" } },
  filters: (region) => ({
    "network-interface-id": ({ id }) => id,
    "addresses.private-ip-address": ({ privateIps }) => privateIps,
    "addresses.primary": ({ privateIps }) => privateIps.map((_, index) => String(index === 0)),
    "addresses.association.public-ip": (one) => publicIps(region, one),
    "association.public-ip": (one) => publicIps(region, one),
    "association.allocation-id": (one) => elasticIps(region, one).map(({ id }) => id),
    "association.association-id": (one) =>
      elasticIps(region, one).flatMap(({ association }) => association?.id ?? []),
    "attachment.attachment-id": ({ attachment }) => attachment?.id,
    "attachment.device-index": ({ attachment }) => attachment?.deviceIndex,
    "attachment.instance-id": ({ attachment }) => attachment?.instanceId,
    "attachment.status": ({ attachment }) => attachment && "attached",
    "availability-zone": ({ subnetId }) => region.subnets[subnetId]?.zone,
    description: (one) => one.description,
    "group-id": ({ groups }) => groups,
    "interface-type": typeOf,
    "mac-address": ({ mac }) => mac,
    "owner-id": () => region.account,
    "private-dns-name": ({ privateIps }) => privateName(region, privateIps[0] ?? ""),
    "private-ip-address": ({ privateIps }) => privateIps[0],
    "source-dest-check": ({ sourceDestCheck }) => sourceDestCheck,
    status: statusOf,
    "subnet-id": ({ subnetId }) => subnetId,
    "vpc-id": ({ subnetId }) => region.subnets[subnetId]?.vpcId,
  }),
  show: showInterface,
});

function publicIps(region: Region, one: NetworkInterface): string[] {
  return one.privateIps.flatMap((address) => publicSide(region, one, address)?.publicIp ?? []);
}

function elasticIps(region: Region, { id }: NetworkInterface) {
  return Object.values(region.addresses).filter(({ association }) => association?.networkInterfaceId === id);
}

export const interfaceActions: Record<string, Action> = {
  CreateNetworkInterface: create,
  DeleteNetworkInterface: remove,
  ModifyNetworkInterfaceAttribute: modify,
  DescribeNetworkInterfaces: describe,
};
