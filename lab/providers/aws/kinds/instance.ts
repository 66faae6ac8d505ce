import {
  changeEach,
  type Kind,
  type On,
  refuseUpdate,
  retag,
  specification,
  tagsOf,
  touches,
  unlessGone,
  until,
} from "../kind";
import type { Properties } from "../plain";

const instanceNamed = async ({ aws }: On, id: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.ec2("DescribeInstances", { InstanceId: [id] })))?.reservationSet[0]?.instancesSet[0];

const reaches = (id: string, state: string, on: On): Promise<true> =>
  until(`${id} to be ${state}`, on, async () => {
    const found = await instanceNamed(on, id);
    return found === undefined || found.instanceState.name === state ? true : undefined;
  });

/** What an existing interface brings along, so that a launch must not say it (the schema's ConflictsWith). */
const OF_THE_INTERFACE = ["subnetId", "vpcSecurityGroupIds", "associatePublicIpAddress"];

function launch(inputs: Properties): object {
  const { primaryNetworkInterface, subnetId, vpcSecurityGroupIds, associatePublicIpAddress } = inputs;
  if (primaryNetworkInterface) {
    const both = OF_THE_INTERFACE.find((name) => inputs[name] !== undefined);
    if (both) throw new Error(`${both} conflicts with primaryNetworkInterface`);
    return {
      NetworkInterface: [{ DeviceIndex: 0, NetworkInterfaceId: primaryNetworkInterface.networkInterfaceId }],
    };
  }
  if (associatePublicIpAddress === undefined)
    return { SubnetId: subnetId, SecurityGroupId: vpcSecurityGroupIds };
  const made = {
    SubnetId: subnetId,
    SecurityGroupId: vpcSecurityGroupIds,
    AssociatePublicIpAddress: associatePublicIpAddress,
  };
  return { NetworkInterface: [{ DeviceIndex: 0, ...made }] };
}

export const instance: Kind = {
  async create(inputs, on) {
    const {
      metadataOptions: metadata,
      rootBlockDevice: root,
      iamInstanceProfile,
      userData,
      volumeTags,
    } = inputs;
    const run = async () =>
      on.aws.ec2("RunInstances", {
        ImageId: inputs.ami,
        InstanceType: inputs.instanceType,
        MinCount: 1,
        MaxCount: 1,
        KeyName: inputs.keyName,
        ...launch(inputs),
        ...(userData && { UserData: Buffer.from(userData).toString("base64") }),
        ...(iamInstanceProfile && { IamInstanceProfile: { Name: iamInstanceProfile } }),
        ...(metadata && {
          MetadataOptions: {
            HttpEndpoint: metadata.httpEndpoint,
            HttpTokens: metadata.httpTokens,
            HttpPutResponseHopLimit: metadata.httpPutResponseHopLimit,
            InstanceMetadataTags: metadata.instanceMetadataTags,
          },
        }),
        ...(root && {
          BlockDeviceMapping: [
            {
              DeviceName: "/dev/xvda",
              Ebs: { Encrypted: root.encrypted, VolumeSize: root.volumeSize, VolumeType: root.volumeType },
            },
          ],
        }),
        TagSpecification: [...specification("instance", inputs.tags), ...specification("volume", volumeTags)],
      });
    const id = (await run()).instancesSet[0].instanceId;
    await reaches(id, "running", on);
    return id;
  },
  async read(id, on, inputs) {
    const found = await instanceNamed(on, id);
    if (!found || found.instanceState.name === "terminated" || found.instanceState.name === "shutting-down")
      return undefined;
    const primary = found.networkInterfaceSet?.[0];
    const addresses = ((primary?.privateIpAddressesSet ?? []) as Properties[]).map(
      (one) => one.privateIpAddress,
    );
    const userData = (
      await on.aws.ec2("DescribeInstanceAttribute", { InstanceId: id, Attribute: "userData" })
    ).userData;
    const identity = await on.aws.sts("GetCallerIdentity");
    const { metadataOptions: metadata } = found;
    return {
      arn: `arn:aws:ec2:${on.region}:${identity.Account}:instance/${id}`,
      ami: found.imageId,
      instanceType: found.instanceType,
      instanceState: found.instanceState.name,
      keyName: found.keyName,
      userData: userData?.value ? Buffer.from(userData.value, "base64").toString() : undefined,
      availabilityZone: found.placement.availabilityZone,
      subnetId: found.subnetId,
      vpcSecurityGroupIds: ((found.groupSet ?? []) as Properties[]).map((group) => group.groupId),
      iamInstanceProfile: found.iamInstanceProfile?.arn.split("/").at(-1),
      primaryNetworkInterface: { networkInterfaceId: primary?.networkInterfaceId },
      primaryNetworkInterfaceId: primary?.networkInterfaceId,
      privateIp: found.privateIpAddress,
      privateDns: found.privateDnsName,
      publicIp: found.ipAddress ?? "",
      publicDns: found.dnsName ?? "",
      secondaryPrivateIps: addresses.slice(1),
      metadataOptions: {
        httpEndpoint: metadata.httpEndpoint,
        httpTokens: metadata.httpTokens,
        httpPutResponseHopLimit: Number(metadata.httpPutResponseHopLimit),
        ...(inputs.metadataOptions?.instanceMetadataTags && {
          instanceMetadataTags: metadata.instanceMetadataTags,
        }),
      },
      rootBlockDevice: inputs.rootBlockDevice,
      ...tagsOf(found.tagSet),
    };
  },
  async update(id, news, changed, on, olds) {
    const { aws } = on;
    const modify = (parameters: object) =>
      aws.ec2("ModifyInstanceAttribute", { InstanceId: id, ...parameters });
    const stopped = touches(changed, "instanceType") || touches(changed, "userData");
    if (stopped) {
      await aws.ec2("StopInstances", { InstanceId: [id] });
      await reaches(id, "stopped", on);
    }
    await changeEach(changed, {
      instanceType: () => modify({ InstanceType: { Value: news.instanceType } }),
      userData: () => modify({ UserData: { Value: Buffer.from(news.userData ?? "").toString("base64") } }),
      userDataReplaceOnChange: () => {},
      vpcSecurityGroupIds: () => modify({ GroupId: news.vpcSecurityGroupIds }),
      metadataOptions: () =>
        aws.ec2("ModifyInstanceMetadataOptions", {
          InstanceId: id,
          HttpEndpoint: news.metadataOptions?.httpEndpoint,
          HttpTokens: news.metadataOptions?.httpTokens,
          HttpPutResponseHopLimit: news.metadataOptions?.httpPutResponseHopLimit,
          InstanceMetadataTags: news.metadataOptions?.instanceMetadataTags,
        }),
      rootBlockDevice: () => refuseUpdate("rootBlockDevice"),
      iamInstanceProfile: () => refuseUpdate("iamInstanceProfile"),
      volumeTags: () => {},
      tags: () => retag(id, on, news, olds),
    });
    if (stopped) {
      await aws.ec2("StartInstances", { InstanceId: [id] });
      await reaches(id, "running", on);
    }
  },
  async remove(id, _, on) {
    if ((await unlessGone(on.aws.ec2("TerminateInstances", { InstanceId: [id] }))) !== undefined)
      await reaches(id, "terminated", on);
  },
};

const keyNamed = async ({ aws }: On, name: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.ec2("DescribeKeyPairs", { KeyName: [name] })))?.keySet[0];

export const keyPair: Kind = {
  async create({ keyName, publicKey, tags }, { aws }) {
    const material = Buffer.from(publicKey).toString("base64");
    await aws.ec2("ImportKeyPair", {
      KeyName: keyName,
      PublicKeyMaterial: material,
      TagSpecification: specification("key-pair", tags),
    });
    return keyName;
  },
  async read(id, on, { publicKey }) {
    const found = await keyNamed(on, id);
    if (!found) return undefined;
    const { keyName, keyPairId, keyFingerprint: fingerprint, keyType, tagSet } = found;
    const identity = await on.aws.sts("GetCallerIdentity");
    const arn = `arn:aws:ec2:${on.region}:${identity.Account}:key-pair/${keyName}`;
    return { arn, keyName, keyPairId, fingerprint, keyType, publicKey, ...tagsOf(tagSet) };
  },
  async update(id, news, changed, on, olds) {
    const found = await keyNamed(on, id);
    await changeEach(changed, { tags: () => retag(found?.keyPairId, on, news, olds) });
  },
  async remove(id, _, { aws }) {
    await aws.ec2("DeleteKeyPair", { KeyName: id });
  },
};
