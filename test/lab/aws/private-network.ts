import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeUserData } from "../../../components/aws/user-data";
import type { Parameters } from "../../../lab/ec2/client";
import { ensureKey } from "../../../lab/machines/keys";
import type { AwsSubject } from "./subject";

/** A VPC as companies have it: the nodes' subnets go out through a NAT gateway and are entered by a bastion. */
export interface PrivateNetwork {
  vpc: string;
  /** The subnets for the nodes, in two zones. */
  nodes: [string, string];
  /** A subnet for clients, and its route table. */
  clients: string;
  clientTable: string;
  bastionSubnet: string;
  bastion: { host: string; hostKey: string; privateKey: string };
}

/** Makes the network as its owner would, before the pair is there. */
async function privateNetwork(pair: AwsSubject): Promise<PrivateNetwork> {
  const vpc = (await pair.ec2("CreateVpc", { CidrBlock: "10.20.0.0/16" })).vpc.vpcId;
  const gateway = (await pair.ec2("CreateInternetGateway")).internetGateway.internetGatewayId;
  await pair.ec2("AttachInternetGateway", { InternetGatewayId: gateway, VpcId: vpc });
  const main = await pair.ec2("DescribeRouteTables", { Filter: [{ Name: "vpc-id", Value: [vpc] }] });
  const [{ routeTableId: publicTable }] = main.routeTableSet;
  const subnet = async (number: number, letter: string): Promise<string> => {
    const at = { CidrBlock: `10.20.${number}.0/24`, AvailabilityZone: `lab-1${letter}` };
    return (await pair.ec2("CreateSubnet", { VpcId: vpc, ...at })).subnet.subnetId;
  };
  const table = async (subnets: string[]): Promise<string> => {
    const id = (await pair.ec2("CreateRouteTable", { VpcId: vpc })).routeTable.routeTableId;
    for (const SubnetId of subnets) await pair.ec2("AssociateRouteTable", { RouteTableId: id, SubnetId });
    return id;
  };
  const out = (RouteTableId: string, target: Parameters) =>
    pair.ec2("CreateRoute", { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target });

  const [bastionSubnet, clients] = [await subnet(0, "a"), await subnet(3, "a")];
  const nodes: [string, string] = [await subnet(1, "a"), await subnet(2, "b")];
  await out(publicTable, { GatewayId: gateway });
  const AllocationId = (await pair.ec2("AllocateAddress")).allocationId;
  const nat = (await pair.ec2("CreateNatGateway", { SubnetId: bastionSubnet, AllocationId })).natGateway;
  const privateTable = await table(nodes);
  await out(privateTable, { NatGatewayId: nat.natGatewayId });
  const clientTable = await table([clients]);
  return {
    vpc,
    nodes,
    clients,
    clientTable,
    bastionSubnet,
    bastion: await bastion(pair, vpc, bastionSubnet),
  };
}

/** A machine with a lent public address, which only the lab's host may log in on. */
async function bastion(pair: AwsSubject, vpc: string, subnet: string): Promise<PrivateNetwork["bastion"]> {
  const [login, host] = [await keyPair(), await keyPair()];
  await pair.ec2("ImportKeyPair", {
    KeyName: "bastion",
    PublicKeyMaterial: Buffer.from(login.publicKey).toString("base64"),
  });
  const named = { GroupName: "bastion", GroupDescription: "bastion", VpcId: vpc };
  const { groupId } = await pair.ec2("CreateSecurityGroup", named);
  const ssh = { IpProtocol: "tcp", FromPort: 22, ToPort: 22 };
  const from = [{ CidrIp: `${pair.plan.hostLink.host}/32` }];
  await pair.ec2("AuthorizeSecurityGroupIngress", {
    GroupId: groupId,
    IpPermissions: [{ ...ssh, IpRanges: from }],
  });
  const { images } = await pair.model();
  const { instancesSet } = await pair.ec2("RunInstances", {
    ImageId: Object.keys(images)[0],
    InstanceType: "t3.nano",
    MinCount: 1,
    MaxCount: 1,
    KeyName: "bastion",
    UserData: Buffer.from(nodeUserData({ hostKey: host, runcmd: [] })).toString("base64"),
    NetworkInterface: [
      { DeviceIndex: 0, SubnetId: subnet, AssociatePublicIpAddress: true, SecurityGroupId: [groupId] },
    ],
    TagSpecification: [{ ResourceType: "instance", Tag: [{ Key: "Name", Value: "bastion" }] }],
  });
  const [{ networkInterfaceSet }] = instancesSet;
  const NetworkInterfaceId = networkInterfaceSet[0].networkInterfaceId;
  const shown = await pair.ec2("DescribeNetworkInterfaces", { NetworkInterfaceId: [NetworkInterfaceId] });
  const address = shown.networkInterfaceSet[0].association.publicIp;
  return { host: address, hostKey: host.publicKey, privateKey: login.privateKey };
}

async function keyPair(): Promise<{ privateKey: string; publicKey: string }> {
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-key-"));
  try {
    const publicKey = (await ensureKey(join(directory, "key"), "bastion")).trim();
    return { publicKey, privateKey: await readFile(join(directory, "key"), "utf8") };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Puts the stack in mode overlayRoute, in a VPC of its own, behind a NAT gateway and a bastion. */
export async function inPrivateNetwork(pair: AwsSubject): Promise<PrivateNetwork> {
  const network = await privateNetwork(pair);
  const { vpc, nodes, clientTable, bastion, bastionSubnet } = network;
  await pair.configure(["vip"], {
    mode: "overlayRoute",
    address: "10.99.0.10",
    routeTables: [clientTable],
  });
  await pair.configure(["network"], { vpc });
  await pair.configure(
    ["nodes"],
    nodes.map((subnet, index) => ({ name: `nginx-${"ab"[index]}`, subnet, egress: "nat" })),
  );
  const { host, hostKey, privateKey } = bastion;
  await pair.configure(["ssh"], { proxy: { host, user: "admin", hostKey } });
  await pair.configure(["access", "sshFrom"], [(await pair.model()).subnets[bastionSubnet]?.cidr ?? ""]);
  await pair.setSecret("nginx-ha:sshProxyPrivateKey", privateKey);
  return network;
}
