import { type Action, description, query } from "../action";
import { type InstanceType, instanceTypes } from "../catalogue";
import { refuse } from "../error";
import { filtered, filterParameter } from "../filters";
import { flag, list, text } from "../parameters";
import { tagSet } from "../show";
import type { Image, Zone } from "../state";

const zones = query({
  parameters: {
    Filter: filterParameter,
    ZoneName: list(text()),
    ZoneId: list(text()),
    AllAvailabilityZones: flag(),
  },
  run(region, { Filter, ZoneName, ZoneId }) {
    const unknown = [...ZoneName, ...ZoneId].find(
      (text) => !region.zones.some(({ name, id }) => name === text || id === text),
    );
    if (unknown) refuse("InvalidParameterValue", `Invalid availability zone: [${unknown}]`);
    const asked = region.zones.filter(
      ({ name, id }) =>
        (ZoneName.length === 0 || ZoneName.includes(name)) && (ZoneId.length === 0 || ZoneId.includes(id)),
    );
    const found = filtered<Zone>(asked, Filter, {
      "zone-name": ({ name }) => name,
      "zone-id": ({ id }) => id,
      "zone-type": () => "availability-zone",
      "region-name": () => region.name,
      state: () => "available",
      "opt-in-status": () => "opt-in-not-required",
    });
    return {
      availabilityZoneInfo: found.map(({ name, id }) => ({
        zoneName: name,
        zoneId: id,
        zoneType: "availability-zone",
        zoneState: "available",
        regionName: region.name,
        groupName: region.name,
        networkBorderGroup: region.name,
        optInStatus: "opt-in-not-required",
        messageSet: [],
      })),
    };
  },
});

const images = description<Image>({
  set: "imagesSet",
  items: (region) => Object.values(region.images),
  select: {
    ImageId: { of: ({ id }) => id, missing: "InvalidAMIID.NotFound" },
    Owner: { of: ({ owner }) => owner, missing: "InvalidParameterValue" },
  },
  filters: () => ({
    "image-id": ({ id }) => id,
    name: (image) => image.name,
    architecture: (image) => image.architecture,
    "owner-id": ({ owner }) => owner,
    state: () => "available",
    "root-device-type": () => "ebs",
    "virtualization-type": () => "hvm",
  }),
  show: (_, image) => ({
    imageId: image.id,
    name: image.name,
    description: image.description,
    imageOwnerId: image.owner,
    imageLocation: `${image.owner}/${image.name}`,
    imageState: "available",
    imageType: "machine",
    isPublic: true,
    architecture: image.architecture,
    creationDate: image.creationDate,
    platformDetails: "Linux/UNIX",
    usageOperation: "RunInstances",
    rootDeviceType: "ebs",
    rootDeviceName: "/dev/xvda",
    virtualizationType: "hvm",
    hypervisor: "xen",
    enaSupport: true,
    imdsSupport: "v2.0",
    blockDeviceMapping: [
      {
        deviceName: "/dev/xvda",
        ebs: { volumeSize: 8, volumeType: "gp3", deleteOnTermination: true, encrypted: false },
      },
    ],
    tagSet: tagSet(image.tags),
  }),
});

const types = description<InstanceType & { tags: Record<string, string> }>({
  set: "instanceTypeSet",
  items: () => [...instanceTypes.values()].map((type) => ({ ...type, tags: {} })),
  select: { InstanceType: { of: ({ name }) => name, missing: "InvalidInstanceType" } },
  filters: () => ({
    "instance-type": ({ name }) => name,
    "processor-info.supported-architecture": ({ architecture }) => architecture,
  }),
  show: (_, type) => ({
    instanceType: type.name,
    currentGeneration: true,
    supportedRootDeviceTypes: ["ebs"],
    supportedVirtualizationTypes: ["hvm"],
    supportedUsageClasses: ["on-demand"],
    bareMetal: false,
    hypervisor: "nitro",
    processorInfo: { supportedArchitectures: [type.architecture] },
    vCpuInfo: { defaultVCpus: type.vcpus },
    memoryInfo: { sizeInMiB: type.memoryMiB },
    networkInfo: {
      maximumNetworkInterfaces: type.interfaces,
      maximumNetworkCards: 1,
      ipv4AddressesPerInterface: type.addresses,
      ipv6Supported: false,
      enaSupport: "required",
    },
  }),
});

export const catalogueActions: Record<string, Action> = {
  DescribeAvailabilityZones: zones,
  DescribeImages: images,
  DescribeInstanceTypes: types,
};
