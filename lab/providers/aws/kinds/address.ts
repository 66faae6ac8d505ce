import { AwsError } from "../../../ec2/client";
import {
  changeEach,
  type Kind,
  type On,
  removeWhenFree,
  retag,
  specification,
  tagsOf,
  unlessGone,
} from "../kind";
import type { Properties } from "../plain";

const addressNamed = async ({ aws }: On, id: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.ec2("DescribeAddresses", { AllocationId: [id] })))?.addressesSet[0];

export const eip: Kind = {
  create: async ({ tags }, { aws }) =>
    (await aws.ec2("AllocateAddress", { Domain: "vpc", TagSpecification: specification("elastic-ip", tags) }))
      .allocationId,
  async read(id, on) {
    const found = await addressNamed(on, id);
    if (!found) return undefined;
    const identity = await on.aws.sts("GetCallerIdentity");
    return {
      arn: `arn:aws:ec2:${on.region}:${identity.Account}:elastic-ip/${id}`,
      allocationId: id,
      domain: found.domain,
      publicIp: found.publicIp,
      associationId: found.associationId ?? "",
      instance: found.instanceId ?? "",
      networkInterface: found.networkInterfaceId ?? "",
      privateIp: found.privateIpAddress ?? "",
      ...tagsOf(found.tagSet),
    };
  },
  update: (id, news, changed, on, olds) => changeEach(changed, { tags: () => retag(id, on, news, olds) }),
  async remove(id, { associationId }, on) {
    // The original disassociates what its state knows of, and nothing that the nodes did since.
    if (associationId) await unlessGone(on.aws.ec2("DisassociateAddress", { AssociationId: associationId }));
    await unlessGone(on.aws.ec2("ReleaseAddress", { AllocationId: id }));
  },
};

export const eipAssociation: Kind = {
  async create({ allocationId, networkInterfaceId, privateIpAddress, allowReassociation = true }, { aws }) {
    const made = await aws.ec2("AssociateAddress", {
      AllocationId: allocationId,
      NetworkInterfaceId: networkInterfaceId,
      PrivateIpAddress: privateIpAddress,
      AllowReassociation: allowReassociation,
    });
    return made.associationId;
  },
  async read(id, { aws }) {
    const found = (await aws.ec2("DescribeAddresses", { Filter: [{ Name: "association-id", Value: [id] }] }))
      .addressesSet[0];
    return (
      found && {
        allocationId: found.allocationId,
        networkInterfaceId: found.networkInterfaceId,
        privateIpAddress: found.privateIpAddress,
        publicIp: found.publicIp,
        instanceId: found.instanceId ?? "",
      }
    );
  },
  async remove(id, _, { aws }) {
    await unlessGone(aws.ec2("DisassociateAddress", { AssociationId: id }));
  },
};

const interfaceNamed = async ({ aws }: On, id: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.ec2("DescribeNetworkInterfaces", { NetworkInterfaceId: [id] })))
    ?.networkInterfaceSet[0];

export const networkInterface: Kind = {
  async create(
    { subnetId, securityGroups, privateIps, privateIpsCount, sourceDestCheck, description, tags },
    { aws },
  ) {
    const [first, ...others] = (privateIps ?? []) as string[];
    const made = await aws.ec2("CreateNetworkInterface", {
      SubnetId: subnetId,
      SecurityGroupId: securityGroups,
      Description: description,
      ...(first !== undefined && {
        PrivateIpAddresses: [first, ...others].map((address) => ({
          PrivateIpAddress: address,
          Primary: address === first,
        })),
      }),
      ...(first === undefined && privateIpsCount && { SecondaryPrivateIpAddressCount: privateIpsCount }),
      TagSpecification: specification("network-interface", tags),
    });
    const id = made.networkInterface.networkInterfaceId;
    if (sourceDestCheck === false) await setCheck(id, false, aws);
    return id;
  },
  async read(id, on) {
    const found = await interfaceNamed(on, id);
    if (!found) return undefined;
    const addresses = (found.privateIpAddressesSet as Properties[]).map(
      (one) => one.privateIpAddress as string,
    );
    return {
      arn: `arn:aws:ec2:${on.region}:${found.ownerId}:network-interface/${id}`,
      subnetId: found.subnetId,
      securityGroups: (found.groupSet as Properties[]).map((group) => group.groupId),
      privateIp: found.privateIpAddress,
      privateIps: addresses,
      privateIpsCount: addresses.length - 1,
      sourceDestCheck: found.sourceDestCheck === "true",
      description: found.description,
      macAddress: found.macAddress,
      ownerId: found.ownerId,
      interfaceType: found.interfaceType,
      attachments: found.attachment
        ? [{ attachmentId: found.attachment.attachmentId, instance: found.attachment.instanceId }]
        : [],
      ...tagsOf(found.tagSet),
    };
  },
  async update(id, news, changed, on, olds) {
    const { aws } = on;
    const modify = (parameters: object) => () =>
      aws.ec2("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: id, ...parameters });
    const addresses = () => readdress(id, news, on);
    await changeEach(changed, {
      securityGroups: modify({ SecurityGroupId: news.securityGroups }),
      description: modify({ Description: { Value: news.description ?? "" } }),
      sourceDestCheck: () => setCheck(id, news.sourceDestCheck, aws),
      privateIps: addresses,
      privateIpsCount: addresses,
      tags: () => retag(id, on, news, olds),
    });
  },
  remove: (id, _, on) =>
    removeWhenFree(id, on, 120_000, () => on.aws.ec2("DeleteNetworkInterface", { NetworkInterfaceId: id })),
};

const setCheck = (id: string, value: boolean, aws: On["aws"]) =>
  aws.ec2("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: id, SourceDestCheck: { Value: value } });

/** The secondary addresses that the program asks for, by name or by number; the primary one never changes. */
async function readdress(id: string, { privateIps, privateIpsCount }: Properties, on: On): Promise<void> {
  const found = await interfaceNamed(on, id);
  if (!found) throw new AwsError("InvalidNetworkInterfaceID.NotFound", id, 400);
  if (privateIps && !(privateIps as string[]).includes(found.privateIpAddress))
    throw new Error(`privateIps without the primary address ${found.privateIpAddress}: see docs/fidelity.md`);
  const [, ...have] = (found.privateIpAddressesSet as Properties[]).map(
    (one) => one.privateIpAddress as string,
  );
  const wanted = privateIps
    ? (privateIps as string[]).filter((address) => address !== found.privateIpAddress)
    : have.slice(0, privateIpsCount ?? 0);
  const gone = have.filter((address) => !wanted.includes(address));
  if (gone.length > 0)
    await on.aws.ec2("UnassignPrivateIpAddresses", { NetworkInterfaceId: id, PrivateIpAddress: gone });
  const added = wanted.filter((address) => !have.includes(address));
  if (added.length > 0)
    await on.aws.ec2("AssignPrivateIpAddresses", { NetworkInterfaceId: id, PrivateIpAddress: added });
  const more = privateIps ? 0 : (privateIpsCount ?? 0) - wanted.length;
  if (more > 0)
    await on.aws.ec2("AssignPrivateIpAddresses", {
      NetworkInterfaceId: id,
      SecondaryPrivateIpAddressCount: more,
    });
}
