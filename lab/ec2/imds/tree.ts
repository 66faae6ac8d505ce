import { roleOfInstance } from "../iam/roles";
import { instanceTypes } from "../model/catalogue";
import { instanceOf, interfacesOf } from "../model/lookup";
import { publicSide } from "../model/public-addresses";
import { privateName, publicName, zoneId } from "../model/show";
import { profileArn } from "../model/show-instance";
import type { Instance, NetworkInterface, Region } from "../model/state";
import { currentCredentials, type Rotation } from "./rotation";

/** What the service shows: a text, bytes, or a folder of more. An absent entry is not there at all. */
export type Entry = string | Buffer | undefined | { [name: string]: Entry };

/** Who asks, and when. */
export interface View {
  region: Region;
  instanceId: string;
  now: number;
  revokedBefore: number;
  rotation?: Rotation;
}

/** Everything under one version of the service (EC2 User Guide, "Instance metadata categories"). */
export function metadataTree(view: View): Entry {
  const { region, instanceId } = view;
  const instance = instanceOf(region, instanceId);
  return {
    dynamic: { "instance-identity": { document: identityDocument(region, instance) } },
    "meta-data": metadata(view, instance),
    "user-data": instance.userData && Buffer.from(instance.userData, "base64"),
  };
}

function metadata(view: View, instance: Instance): Entry {
  const { region } = view;
  const interfaces = interfacesOf(region, instance.id);
  const [first] = interfaces;
  if (!first) return {};
  const primary = first.privateIps[0] ?? "";
  const name = privateName(region, primary);
  const zone = region.subnets[instance.subnetId]?.zone ?? "";
  const publicIp = publicSide(region, first, primary)?.publicIp;
  return {
    "ami-id": instance.imageId,
    "ami-launch-index": String(instance.launchIndex),
    "ami-manifest-path": "(unknown)",
    "block-device-mapping": { ami: "xvda", root: "/dev/xvda" },
    hostname: name,
    iam: iam(view, instance),
    "instance-action": "none",
    "instance-id": instance.id,
    "instance-life-cycle": "on-demand",
    "instance-type": instance.type,
    "local-hostname": name,
    "local-ipv4": primary,
    mac: first.mac,
    network: {
      interfaces: {
        macs: Object.fromEntries(interfaces.map((one) => [one.mac, networkInterface(region, one)])),
      },
    },
    placement: {
      "availability-zone": zone,
      "availability-zone-id": zoneId(region, zone),
      region: region.name,
    },
    profile: "default-hvm",
    "public-hostname": publicName(region, region.subnets[first.subnetId]?.vpcId, publicIp) || undefined,
    "public-ipv4": publicIp,
    "public-keys": publicKeys(region, instance),
    "reservation-id": instance.reservationId,
    "security-groups": groupNames(region, first),
    services: { domain: "amazonaws.com", partition: "aws" },
    tags: instance.metadata.instanceTags === "enabled" ? { instance: instance.tags } : undefined,
  };
}

/** Addresses show up here once they are the interface's, which is where an assignment is confirmed. */
function networkInterface(region: Region, one: NetworkInterface): Entry {
  const subnet = region.subnets[one.subnetId];
  const vpc = region.vpcs[subnet?.vpcId ?? ""];
  const associations = one.privateIps.flatMap((address) => {
    const side = publicSide(region, one, address);
    return side ? [[side.publicIp, address] as const] : [];
  });
  const publicIps = associations.map(([publicIp]) => publicIp);
  const name = privateName(region, one.privateIps[0] ?? "");
  return {
    "device-number": String(one.attachment?.deviceIndex ?? 0),
    "interface-id": one.id,
    "ipv4-associations": associations.length > 0 ? Object.fromEntries(associations) : undefined,
    "local-hostname": name,
    "local-ipv4s": one.privateIps.join("\n"),
    mac: one.mac,
    "network-card": "0",
    "owner-id": region.account,
    "public-hostname": publicName(region, vpc?.id, publicIps[0]) || undefined,
    "public-ipv4s": publicIps.join("\n") || undefined,
    "security-group-ids": one.groups.join("\n"),
    "security-groups": groupNames(region, one),
    "subnet-id": one.subnetId,
    "subnet-ipv4-cidr-block": subnet?.cidr,
    "vpc-id": vpc?.id,
    "vpc-ipv4-cidr-block": vpc?.cidr,
    "vpc-ipv4-cidr-blocks": vpc?.cidr,
  };
}

function groupNames(region: Region, { groups }: NetworkInterface): string {
  return groups.map((id) => region.securityGroups[id]?.name).join("\n");
}

function iam({ region, now, revokedBefore, rotation }: View, { id, profile }: Instance): Entry {
  const role = roleOfInstance(region, id);
  if (!role || !profile) return undefined;
  const current = currentCredentials(
    region,
    { instanceId: id, role: role.name, now, revokedBefore },
    rotation,
  );
  const info = {
    Code: "Success",
    LastUpdated: seconds(current.issued),
    InstanceProfileArn: profileArn(region, profile),
    InstanceProfileId: region.instanceProfiles[profile]?.id,
  };
  const credentials = {
    Code: "Success",
    LastUpdated: seconds(current.issued),
    Type: "AWS-HMAC",
    AccessKeyId: current.accessKeyId,
    SecretAccessKey: current.secretAccessKey,
    Token: current.token,
    Expiration: seconds(current.expires),
  };
  return { info: json(info), "security-credentials": { [role.name]: json(credentials) } };
}

/** The listing gives `0=name`, and the key is at `0/openssh-key`. */
function publicKeys(region: Region, { keyName }: Instance): Entry {
  const key = Object.values(region.keyPairs).find(({ name }) => name === keyName);
  return key && { [`0=${key.name}`]: { "openssh-key": key.publicKey } };
}

function identityDocument(region: Region, instance: Instance): string {
  const first = interfacesOf(region, instance.id)[0];
  return json({
    accountId: region.account,
    architecture: instanceTypes.get(instance.type)?.architecture,
    availabilityZone: region.subnets[instance.subnetId]?.zone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: instance.imageId,
    instanceId: instance.id,
    instanceType: instance.type,
    kernelId: null,
    pendingTime: seconds(instance.launchTime),
    privateIp: first?.privateIps[0],
    ramdiskId: null,
    region: region.name,
    version: "2017-09-30",
  });
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function seconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
