import { refuse } from "./error";
import { newId } from "./ids";
import { attach, type InterfaceRequest, newInterface } from "./interfaces";
import type { InterfaceSpec, LaunchRequest } from "./launch-parameters";
import { interfaceOf, subnetOf } from "./lookup";
import { profileArn } from "./show-instance";
import type { Instance, Region } from "./state";
import { tagsFor } from "./tags";

/** Writes down one instance of a launch; its interfaces come after. */
export function newInstance(
  region: Region,
  values: LaunchRequest,
  launch: { reservationId: string; launchIndex: number; now: number },
): Instance {
  const id = newId(region, "i");
  const ebs = values.BlockDeviceMapping[0]?.Ebs;
  const first = values.NetworkInterface.find(({ DeviceIndex }) => DeviceIndex === 0);
  const options = values.MetadataOptions;
  const instance: Instance = {
    id,
    reservationId: launch.reservationId,
    launchIndex: launch.launchIndex,
    launchTime: launch.now,
    state: "pending",
    imageId: values.ImageId,
    type: values.InstanceType,
    keyName: values.KeyName,
    userData: values.UserData,
    profile: profileNamed(region, values.IamInstanceProfile),
    subnetId: first?.NetworkInterfaceId
      ? interfaceOf(region, first.NetworkInterfaceId).subnetId
      : (first?.SubnetId ?? values.SubnetId ?? ""),
    clientToken: values.ClientToken,
    metadata: {
      tokens: options?.HttpTokens ?? "optional",
      hopLimit: options?.HttpPutResponseHopLimit ?? 1,
      endpoint: options?.HttpEndpoint ?? "enabled",
      instanceTags: options?.InstanceMetadataTags ?? "disabled",
    },
    sourceDestCheck: true,
    disableApiTermination: values.DisableApiTermination ?? false,
    rootVolume: {
      id: newId(region, "vol"),
      size: ebs?.VolumeSize ?? 8,
      type: ebs?.VolumeType ?? "gp3",
      encrypted: ebs?.Encrypted ?? false,
      deleteOnTermination: ebs?.DeleteOnTermination ?? true,
    },
    tags: tagsFor(values.TagSpecification, "instance", ["volume", "network-interface"]),
  };
  const zone = values.Placement?.AvailabilityZone;
  if (zone && zone !== subnetOf(region, instance.subnetId).zone) {
    refuse("InvalidParameterValue", `The subnet is not in the availability zone ${zone}.`);
  }
  region.instances[id] = instance;
  return instance;
}

/** Gives an instance an interface: an existing one as it is, or a new one, which may want a lent public address. */
export function plug(region: Region, instance: Instance, spec: InterfaceSpec, now: number): void {
  const existing = spec.NetworkInterfaceId;
  const target = existing ? interfaceOf(region, existing) : newInterface(region, requestOf(spec));
  if (region.subnets[target.subnetId]?.zone !== region.subnets[instance.subnetId]?.zone) {
    refuse(
      "InvalidParameterValue",
      "All network interfaces of an instance must be in one availability zone.",
    );
  }
  const deleteOnTermination = spec.DeleteOnTermination ?? !existing;
  attach(region, target, {
    instanceId: instance.id,
    deviceIndex: spec.DeviceIndex,
    deleteOnTermination,
    time: now,
  });
  const byDefault = region.subnets[target.subnetId]?.mapPublicIp ?? false;
  if (!existing && spec.DeviceIndex === 0) target.wantsPublicIp = spec.AssociatePublicIpAddress ?? byDefault;
}

function requestOf(spec: InterfaceSpec): InterfaceRequest {
  return {
    subnetId: spec.SubnetId ?? "",
    groups: spec.SecurityGroupId,
    description: spec.Description,
    privateIp: spec.PrivateIpAddress,
    privateIps: spec.PrivateIpAddresses,
    secondaryCount: spec.SecondaryPrivateIpAddressCount,
  };
}

function profileNamed(region: Region, asked: LaunchRequest["IamInstanceProfile"]): string | undefined {
  if (!asked) return undefined;
  const profile = Object.values(region.instanceProfiles).find(
    ({ name }) => name === asked.Name || profileArn(region, name) === asked.Arn,
  );
  const parameter = asked.Name ? "name" : "arn";
  return (
    profile?.name ??
    refuse(
      "InvalidParameterValue",
      `Value (${asked.Name ?? asked.Arn}) for parameter iamInstanceProfile.${parameter} is invalid. Invalid IAM Instance Profile ${parameter}`,
    )
  );
}
