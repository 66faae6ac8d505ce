import {
  createInstanceProfile,
  createRole,
  putRolePolicy,
  setProfileRole,
} from "../../../../lab/ec2/iam/roles";
import { currentCredentials } from "../../../../lab/ec2/imds/rotation";
import { ACCOUNT, IMAGE, TRUST } from "../model/pair";
import { call, site } from "./asked";
import type { Who } from "./boto";

const { runner } = site;
const PUBLIC_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString("base64")}`;

export type Pair = Awaited<ReturnType<typeof makePair>>;
export type Node = Pair["a"];

/** A pair of nodes as a provider makes it, in the Region that all tests share. */
export async function makePair() {
  const vpc = (
    await call("create_vpc", {
      CidrBlock: "10.0.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "edge <&>" }] }],
    })
  ).Vpc.VpcId;
  await call("modify_vpc_attribute", { VpcId: vpc, EnableDnsHostnames: { Value: true } });
  await call("describe_vpc_attribute", { VpcId: vpc, Attribute: "enableDnsHostnames" });
  const subnet = (
    await call("create_subnet", { VpcId: vpc, CidrBlock: "10.0.1.0/24", AvailabilityZone: "lab-west-1a" })
  ).Subnet.SubnetId;
  await call("modify_subnet_attribute", { SubnetId: subnet, MapPublicIpOnLaunch: { Value: false } });
  const gateway = (await call("create_internet_gateway")).InternetGateway.InternetGatewayId;
  await call("attach_internet_gateway", { InternetGatewayId: gateway, VpcId: vpc });
  const table = (await call("create_route_table", { VpcId: vpc })).RouteTable.RouteTableId;
  await call("associate_route_table", { RouteTableId: table, SubnetId: subnet });
  await call("create_route", { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway });
  const group = (
    await call("create_security_group", { GroupName: "nodes", Description: "nodes", VpcId: vpc })
  ).GroupId;
  const vrrp = {
    GroupId: group,
    IpPermissions: [{ IpProtocol: "112", UserIdGroupPairs: [{ GroupId: group }] }],
  };
  const rules = await call("authorize_security_group_ingress", vrrp);
  await call("authorize_security_group_egress", {
    GroupId: group,
    IpPermissions: [
      {
        IpProtocol: "tcp",
        FromPort: 80,
        ToPort: 80,
        IpRanges: [{ CidrIp: "10.0.0.0/16", Description: "backends" }],
      },
    ],
  });
  await call("import_key_pair", { KeyName: "pair", PublicKeyMaterial: PUBLIC_KEY });
  const nodes = [];
  for (const name of ["a", "b"]) nodes.push(await makeNode(name, subnet, group));
  const [a, b] = nodes;
  if (!a || !b) throw new Error("two nodes");
  const { AllocationId: allocation, PublicIp: publicIp } = await call("allocate_address", { Domain: "vpc" });
  await call("create_route", {
    RouteTableId: table,
    DestinationCidrBlock: "192.0.2.10/32",
    NetworkInterfaceId: a.eni,
  });
  return {
    vpc,
    subnet,
    gateway,
    table,
    group,
    rule: rules.SecurityGroupRules[0].SecurityGroupRuleId,
    a,
    b,
    allocation: allocation as string,
    publicIp: publicIp as string,
  };
}

async function makeNode(name: string, subnet: string, group: string) {
  const eni = (
    await call("create_network_interface", {
      SubnetId: subnet,
      Groups: [group],
      SecondaryPrivateIpAddressCount: 1,
      Description: name,
    })
  ).NetworkInterface;
  const id: string = eni.NetworkInterfaceId;
  await call("modify_network_interface_attribute", {
    NetworkInterfaceId: id,
    SourceDestCheck: { Value: false },
  });
  await call("create_tags", { Resources: [id], Tags: [{ Key: "node", Value: name }] });
  runner.apply((region) => createRole(region, { name: `node-${name}`, trust: TRUST, now: 0 }));
  runner.apply((region) => createInstanceProfile(region, { name: `node-${name}`, now: 0 }));
  runner.apply((region) => setProfileRole(region, `node-${name}`, `node-${name}`));
  const launched = await call("run_instances", {
    ImageId: IMAGE,
    InstanceType: "t3.small",
    MinCount: 1,
    MaxCount: 1,
    KeyName: "pair",
    UserData: "#cloud-config\n",
    IamInstanceProfile: { Name: `node-${name}` },
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 8, Encrypted: true } }],
    NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: id }],
  });
  const instance: string = launched.Instances[0].InstanceId;
  const statement = (Action: string[], Resource: string | string[], more = {}) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...more,
  });
  const arn = (type: string, one: string) => `arn:aws:ec2:lab-west-1:${ACCOUNT}:${type}/${one}`;
  const policy = {
    Version: "2012-10-17",
    Statement: [
      statement(["ec2:Describe*"], "*"),
      statement(
        ["ec2:AssociateAddress", "ec2:DisassociateAddress"],
        [arn("elastic-ip", "*"), arn("network-interface", id), arn("instance", instance)],
      ),
      statement(
        ["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
        arn("network-interface", id),
      ),
      statement(["ec2:ReplaceRoute"], arn("route-table", "*"), {
        Condition: { ArnEquals: { "ec2:SourceInstanceARN": arn("instance", instance) } },
      }),
    ],
  };
  runner.apply((region) => putRolePolicy(region, `node-${name}`, "claim", JSON.stringify(policy)));
  const current = currentCredentials(runner.state(), {
    instanceId: instance,
    role: `node-${name}`,
    now: Date.now(),
    revokedBefore: 0,
  });
  const who: Who = { key: current.accessKeyId, secret: current.secretAccessKey, token: current.token };
  return { eni: id, secondary: eni.PrivateIpAddresses[1].PrivateIpAddress as string, instance, who };
}
