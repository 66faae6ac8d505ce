import { fields, flag, integer, list, required, text, type Values } from "./parameters";
import { tagSpecifications } from "./tags";

export const privateIpParameter = list(fields({ PrivateIpAddress: required(text()), Primary: flag() }));

const interfaceFields = {
  DeviceIndex: required(integer()),
  NetworkInterfaceId: text(),
  SubnetId: text(),
  Description: text(),
  AssociatePublicIpAddress: flag(),
  DeleteOnTermination: flag(),
  SecurityGroupId: list(text()),
  PrivateIpAddress: text(),
  PrivateIpAddresses: privateIpParameter,
  SecondaryPrivateIpAddressCount: integer(1),
};

/** What RunInstances takes. */
export const launchParameters = {
  ImageId: required(text()),
  InstanceType: required(text()),
  MinCount: required(integer(1)),
  MaxCount: required(integer(1)),
  KeyName: text(),
  SubnetId: text(),
  SecurityGroupId: list(text()),
  PrivateIpAddress: text(),
  UserData: text(),
  IamInstanceProfile: fields({ Arn: text(), Name: text() }),
  Placement: fields({ AvailabilityZone: text(), Tenancy: text(["default"]) }),
  NetworkInterface: list(fields(interfaceFields)),
  MetadataOptions: fields({
    HttpTokens: text(["required", "optional"]),
    HttpPutResponseHopLimit: integer(1, 64),
    HttpEndpoint: text(["enabled", "disabled"]),
    HttpProtocolIpv6: text(["disabled"]),
    InstanceMetadataTags: text(["enabled", "disabled"]),
  }),
  BlockDeviceMapping: list(
    fields({
      DeviceName: required(text(["/dev/xvda"])),
      Ebs: fields({
        VolumeSize: integer(1, 65536),
        VolumeType: text(["gp2", "gp3"]),
        Encrypted: flag(),
        DeleteOnTermination: flag(),
      }),
    }),
  ),
  CreditSpecification: fields({ CpuCredits: required(text(["standard", "unlimited"])) }),
  InstanceInitiatedShutdownBehavior: text(["stop"]),
  DisableApiTermination: flag(),
  EbsOptimized: flag(),
  Monitoring: fields({ Enabled: required(flag()) }),
  TagSpecification: tagSpecifications,
  ClientToken: text(),
};

export type LaunchRequest = Values<typeof launchParameters>;
/** One interface of a launch: an existing one, or how a new one should be. */
export type InterfaceSpec = Values<typeof interfaceFields>;
