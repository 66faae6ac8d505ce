import { instanceTypes } from "./catalogue";
import { interfacesOf } from "./lookup";
import { publicSide } from "./public-addresses";
import { groupSet, privateName, publicName, tagSet, zoneId } from "./show";
import { showInside } from "./show-interface";
import type { Instance, InstanceState, Region } from "./state";

/** EC2 API Reference, InstanceState. */
const CODES: Record<InstanceState, number> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function stateAnswer(state: InstanceState) {
  return { code: CODES[state], name: state };
}

export function profileArn(region: Region, name: string): string {
  return `arn:aws:iam::${region.account}:instance-profile/${name}`;
}

/** What DescribeInstances says of an instance; one that ended has no network any more. */
export function showInstance(region: Region, one: Instance) {
  const interfaces = interfacesOf(region, one.id);
  const [first] = interfaces;
  const subnet = region.subnets[one.subnetId];
  const privateIp = first?.privateIps[0];
  const publicIp = first && privateIp ? publicSide(region, first, privateIp)?.publicIp : undefined;
  const type = instanceTypes.get(one.type);
  return {
    instanceId: one.id,
    imageId: one.imageId,
    instanceState: stateAnswer(one.state),
    privateDnsName: privateIp ? privateName(region, privateIp) : "",
    dnsName: publicName(region, subnet?.vpcId, publicIp),
    reason: one.state === "terminated" || one.state === "stopped" ? "User initiated" : "",
    keyName: one.keyName,
    amiLaunchIndex: one.launchIndex,
    productCodes: [],
    instanceType: one.type,
    launchTime: new Date(one.launchTime),
    placement: {
      availabilityZone: subnet?.zone,
      availabilityZoneId: subnet && zoneId(region, subnet.zone),
      groupName: "",
      tenancy: "default",
    },
    monitoring: { state: "disabled" },
    ...(first && { subnetId: first.subnetId, vpcId: region.subnets[first.subnetId]?.vpcId }),
    privateIpAddress: privateIp,
    ipAddress: publicIp,
    sourceDestCheck: first?.sourceDestCheck,
    groupSet: groupSet(region, first?.groups ?? []),
    architecture: type?.architecture,
    rootDeviceType: "ebs",
    rootDeviceName: "/dev/xvda",
    blockDeviceMapping: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeId: one.rootVolume.id,
          status: "attached",
          attachTime: new Date(one.launchTime),
          deleteOnTermination: one.rootVolume.deleteOnTermination,
        },
      },
    ],
    virtualizationType: "hvm",
    hypervisor: "xen",
    clientToken: one.clientToken ?? "",
    ebsOptimized: false,
    enaSupport: true,
    tagSet: tagSet(one.tags),
    networkInterfaceSet: interfaces.map((each) => showInside(region, each)),
    ...(one.profile && {
      iamInstanceProfile: {
        arn: profileArn(region, one.profile),
        id: region.instanceProfiles[one.profile]?.id,
      },
    }),
    cpuOptions: { coreCount: 1, threadsPerCore: type?.vcpus },
    metadataOptions: {
      state: "applied",
      httpTokens: one.metadata.tokens,
      httpPutResponseHopLimit: one.metadata.hopLimit,
      httpEndpoint: one.metadata.endpoint,
      httpProtocolIpv6: "disabled",
      instanceMetadataTags: one.metadata.instanceTags,
    },
  };
}
