import { type InstanceType, instanceTypes } from "./catalogue";
import { refuse } from "./error";
import type { InterfaceSpec, LaunchRequest } from "./launch-parameters";
import { imageOf, interfaceOf } from "./lookup";
import type { KeyPair, Region } from "./state";

/** Refuses a launch that asks for what does not exist or does not fit together. */
export function checkLaunch(region: Region, values: LaunchRequest): void {
  const image = imageOf(region, values.ImageId);
  const type = typeNamed(values.InstanceType);
  if (type.architecture !== image.architecture) {
    refuse(
      "InvalidParameterValue",
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
    );
  }
  if (values.MinCount > values.MaxCount)
    refuse("InvalidParameterValue", "MinCount must not be greater than MaxCount.");
  if (values.KeyName && !keyNamed(region, values.KeyName)) {
    refuse("InvalidKeyPair.NotFound", `The key pair '${values.KeyName}' does not exist`);
  }
  if (values.UserData && Buffer.from(values.UserData, "base64").length > 16384) {
    refuse("InvalidParameterValue", "User data is limited to 16384 bytes");
  }
  if (values.NetworkInterface.length > type.interfaces) {
    refuse(
      "AttachmentLimitExceeded",
      `Interface count ${values.NetworkInterface.length} exceeds the limit for ${type.name}`,
    );
  }
}

function typeNamed(name: string): InstanceType {
  return (
    instanceTypes.get(name) ?? refuse("InvalidParameterValue", `Invalid value '${name}' for InstanceType.`)
  );
}

/** The interfaces of a launch, given one by one or by what the request says of the instance itself. */
export function interfaceSpecs(region: Region, values: LaunchRequest): InterfaceSpec[] {
  if (values.NetworkInterface.length === 0) {
    if (!values.SubnetId) return refuse("VPCIdNotSpecified", "No default VPC for this user.");
    const spec = {
      SubnetId: values.SubnetId,
      SecurityGroupId: values.SecurityGroupId,
      PrivateIpAddress: values.PrivateIpAddress,
    };
    return [{ DeviceIndex: 0, PrivateIpAddresses: [], ...spec } as unknown as InterfaceSpec];
  }
  if (values.SubnetId || values.SecurityGroupId.length > 0 || values.PrivateIpAddress) {
    refuse(
      "InvalidParameterCombination",
      "Network interfaces and an instance-level subnet ID, security groups or address may not be specified on the same request",
    );
  }
  const indices = values.NetworkInterface.map(({ DeviceIndex }) => DeviceIndex);
  if (!indices.includes(0) || new Set(indices).size < indices.length) {
    refuse("InvalidParameterValue", "Each network interface needs a device index of its own, one of them 0.");
  }
  for (const spec of values.NetworkInterface) checkSpec(region, spec, values);
  return values.NetworkInterface;
}

/** An automatic public address is only for an interface that the launch itself makes, the first and only one. */
function checkSpec(region: Region, spec: InterfaceSpec, { MaxCount, NetworkInterface }: LaunchRequest): void {
  if (spec.NetworkInterfaceId) {
    if (MaxCount > 1)
      refuse("InvalidParameterCombination", "A network interface can be attached to one instance only.");
    if (spec.AssociatePublicIpAddress !== undefined) {
      refuse(
        "InvalidParameterCombination",
        "The associatePublicIPAddress parameter cannot be specified for an existing network interface.",
      );
    }
    if (
      spec.SubnetId ||
      spec.SecurityGroupId.length > 0 ||
      spec.PrivateIpAddress ||
      spec.PrivateIpAddresses.length > 0
    ) {
      refuse(
        "InvalidParameterCombination",
        "An existing network interface keeps its subnet, security groups and addresses.",
      );
    }
    interfaceOf(region, spec.NetworkInterfaceId);
  } else if (!spec.SubnetId) {
    refuse("MissingParameter", "Each network interface needs a subnet or the ID of an existing interface.");
  }
  if (spec.AssociatePublicIpAddress && NetworkInterface.length > 1) {
    refuse(
      "InvalidParameterCombination",
      "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.",
    );
  }
}

export function keyNamed(region: Region, name: string): KeyPair | undefined {
  return Object.values(region.keyPairs).find((key) => key.name === name);
}
