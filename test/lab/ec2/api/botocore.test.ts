import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificateFor } from "../../../../lab/ec2/api/certificate";
import { type ApiServer, serveApi } from "../../../../lab/ec2/api/server";
import { heal } from "../../../../lab/ec2/faults";
import {
  createInstanceProfile,
  createRole,
  putRolePolicy,
  setProfileRole,
} from "../../../../lab/ec2/iam/roles";
import { currentCredentials } from "../../../../lab/ec2/imds/rotation";
import { actions } from "../../../../lab/ec2/model/actions";
import type { Fields, Shape } from "../../../../lab/ec2/model/parameters";
import { pythonWith } from "../../../python";
import { ACCOUNT, IMAGE, TRUST } from "../model/pair";
import { type Answer, Boto, type Who } from "./boto";
import { endpoint, OPERATOR } from "./endpoint";

const site = endpoint();
const { runner, faults } = site;
const PUBLIC_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString("base64")}`;
let server: ApiServer;
let boto: Boto;
let directory: string;

beforeAll(async () => {
  const python = await pythonWith(join(__dirname, "requirements.txt"));
  directory = await mkdtemp(join(tmpdir(), "nginx-ha-ec2-"));
  const certificate = await certificateFor(directory, ["127.0.0.1"]);
  const bundle = join(directory, "authority.pem");
  await writeFile(bundle, certificate.authority);
  server = await serveApi(site, { host: "127.0.0.1", certificate });
  boto = new Boto(python, server.url, "lab-west-1", bundle);
}, 300_000);

afterAll(async () => {
  boto?.close();
  await server?.close();
  if (directory) await rm(directory, { recursive: true });
});

/** Asks as somebody; nothing in the answer may be unknown to botocore. */
async function ask(op: string, args: object = {}, as: Who = OPERATOR): Promise<Answer> {
  const answer = await boto.ask({ op, args, as });
  expect(answer.violations, op).toEqual([]);
  return answer;
}

async function call(op: string, args: object = {}, as: Who = OPERATOR) {
  const { answer, code, message } = await ask(op, args, as);
  if (code) throw new Error(`${op}: ${code}: ${message}`);
  return answer;
}

const refusal = async (op: string, args: object, as: Who) => {
  const { code, status } = await ask(op, args, as);
  return [code, status];
};

function names(fields: Fields): object {
  const inner = (shape: Shape<unknown>): object | null =>
    shape.fields ? names(shape.fields) : shape.member ? inner(shape.member) : null;
  return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, inner(shape)]));
}

test("every action and parameter is one of EC2's", async () => {
  const check = Object.fromEntries([...actions].map(([name, { parameters }]) => [name, names(parameters)]));
  expect((await boto.ask({ check })).unknown).toEqual([]);
});

/** A pair of nodes as a provider makes it, in the Region that all tests here share. */
async function makePair() {
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
  const allocation = (await call("allocate_address", { Domain: "vpc" })).AllocationId;
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
    allocation,
  };
}

async function natGatewayComesAndGoes(VpcId: string, subnet: string): Promise<void> {
  const AllocationId = (await call("allocate_address", { Domain: "vpc" })).AllocationId;
  const made = await call("create_nat_gateway", { SubnetId: subnet, AllocationId });
  const { NatGatewayId } = made.NatGateway;
  const RouteTableId = (await call("create_route_table", { VpcId })).RouteTable.RouteTableId;
  const out = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId };
  await call("create_route", out);
  const { NatGateways } = await call("describe_nat_gateways", { NatGatewayIds: [NatGatewayId] });
  expect(NatGateways[0]).toMatchObject({ State: "available", SubnetId: subnet });
  await call("delete_nat_gateway", { NatGatewayId });
  await call("release_address", { AllocationId });
  await call("delete_route_table", { RouteTableId });
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

test("a provider makes a pair, a node does all that an agent does, and all of it goes away again", async () => {
  const { a, b, allocation, table, vpc, subnet, gateway, group, rule } = await makePair();
  await natGatewayComesAndGoes(vpc, subnet);
  const claim = (node: typeof a, as: Who) =>
    ask(
      "associate_address",
      {
        AllocationId: allocation,
        NetworkInterfaceId: node.eni,
        PrivateIpAddress: node.secondary,
        AllowReassociation: true,
      },
      as,
    );
  const first = await claim(a, a.who);
  const second = await claim(b, b.who);
  expect(first.answer.AssociationId).toMatch(/^eipassoc-/);
  expect(second.answer.AssociationId).not.toBe(first.answer.AssociationId);
  const [held] = (await call("describe_addresses", { AllocationIds: [allocation] }, a.who)).Addresses;
  expect(held).toMatchObject({
    NetworkInterfaceId: b.eni,
    PrivateIpAddress: b.secondary,
    InstanceId: b.instance,
  });

  const unauthorized = ["UnauthorizedOperation", 403];
  const steal = {
    AllocationId: allocation,
    NetworkInterfaceId: b.eni,
    PrivateIpAddress: b.secondary,
    AllowReassociation: true,
  };
  expect(await refusal("associate_address", steal, a.who)).toEqual(unauthorized);
  expect(await refusal("associate_address", { ...steal, DryRun: true }, a.who)).toEqual(unauthorized);
  expect(await refusal("associate_address", { ...steal, DryRun: true }, b.who)).toEqual([
    "DryRunOperation",
    412,
  ]);
  expect(
    await refusal("associate_address", { AllocationId: "eipalloc-0", NetworkInterfaceId: a.eni }, a.who),
  ).toEqual(["InvalidAllocationID.NotFound", 400]);
  expect(
    await refusal(
      "associate_address",
      { AllocationId: allocation, NetworkInterfaceId: a.eni, AllowReassociation: false },
      a.who,
    ),
  ).toEqual(["Resource.AlreadyAssociated", 400]);

  const move = { NetworkInterfaceId: a.eni, PrivateIpAddresses: [b.secondary] };
  expect(await refusal("assign_private_ip_addresses", move, a.who)).toEqual(["InvalidParameterValue", 400]);
  expect(await refusal("assign_private_ip_addresses", { ...move, AllowReassignment: true }, b.who)).toEqual(
    unauthorized,
  );
  await call("assign_private_ip_addresses", { ...move, AllowReassignment: true }, a.who);
  const [left] = (await call("describe_network_interfaces", { NetworkInterfaceIds: [b.eni] }, b.who))
    .NetworkInterfaces;
  expect(left.PrivateIpAddresses).toHaveLength(1);
  const [taken] = (
    await call(
      "describe_network_interfaces",
      { Filters: [{ Name: "addresses.private-ip-address", Values: [b.secondary] }] },
      a.who,
    )
  ).NetworkInterfaces;
  expect(taken.PrivateIpAddresses[2].Association.AllocationId).toBe(allocation);
  await call("unassign_private_ip_addresses", move, a.who);

  const route = { RouteTableId: table, DestinationCidrBlock: "192.0.2.10/32", NetworkInterfaceId: b.eni };
  await call("replace_route", route, b.who);
  expect(await refusal("replace_route", { ...route, DestinationCidrBlock: "192.0.2.11/32" }, b.who)).toEqual([
    "InvalidParameterValue",
    400,
  ]);
  const [shown] = (await call("describe_route_tables", { RouteTableIds: [table] }, b.who)).RouteTables;
  expect(shown.Routes[2]).toMatchObject({ NetworkInterfaceId: b.eni, State: "active" });
  await claim(b, b.who).then(({ code }) => expect(code).toBe("InvalidParameterValue"));
  await call(
    "associate_address",
    { AllocationId: allocation, NetworkInterfaceId: a.eni, PrivateIpAddress: a.secondary },
    a.who,
  );
  const [again] = (await call("describe_addresses", { PublicIps: [held.PublicIp] }, a.who)).Addresses;
  await call("disassociate_address", { AssociationId: again.AssociationId }, a.who);
  const described = await call("describe_instances", { InstanceIds: [a.instance] }, a.who);
  expect(described.Reservations[0].Instances[0]).toMatchObject({
    State: { Name: "running" },
    MetadataOptions: { HttpTokens: "required" },
  });
  expect(await refusal("terminate_instances", { InstanceIds: [b.instance] }, a.who)).toEqual(unauthorized);

  for (const op of [
    "vpcs",
    "subnets",
    "addresses",
    "security_groups",
    "security_group_rules",
    "internet_gateways",
    "availability_zones",
    "images",
    "tags",
    "instance_types",
    "key_pairs",
    "route_tables",
    "network_interfaces",
    "instances",
  ]) {
    await call(`describe_${op}`);
  }
  for (const Attribute of [
    "userData",
    "instanceType",
    "sourceDestCheck",
    "disableApiTermination",
    "groupSet",
  ]) {
    await call("describe_instance_attribute", { InstanceId: a.instance, Attribute });
  }
  expect((await call("describe_instance_types", { MaxResults: 5 })).NextToken).toBeDefined();

  await call("stop_instances", { InstanceIds: [a.instance] });
  await call("modify_instance_attribute", { InstanceId: a.instance, InstanceType: { Value: "t3.medium" } });
  await call("modify_instance_metadata_options", { InstanceId: a.instance, HttpTokens: "required" });
  await call("start_instances", { InstanceIds: [a.instance] });
  await call("terminate_instances", { InstanceIds: [a.instance, b.instance] });
  for (const { eni } of [a, b]) await call("delete_network_interface", { NetworkInterfaceId: eni });
  await call("release_address", { AllocationId: allocation });
  await call("revoke_security_group_ingress", { GroupId: group, SecurityGroupRuleIds: [rule] });
  await call("delete_security_group", { GroupId: group });
  await call("delete_route", { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0" });
  const [one] = (await call("describe_route_tables", { RouteTableIds: [table] })).RouteTables;
  await call("disassociate_route_table", { AssociationId: one.Associations[0].RouteTableAssociationId });
  await call("delete_route_table", { RouteTableId: table });
  await call("detach_internet_gateway", { InternetGatewayId: gateway, VpcId: vpc });
  await call("delete_internet_gateway", { InternetGatewayId: gateway });
  await call("delete_subnet", { SubnetId: subnet });
  await call("delete_vpc", { VpcId: vpc });
  await call("delete_key_pair", { KeyName: "pair" });
}, 120_000);

test("credentials that are not good, and a Region that is not well, say so as EC2 does", async () => {
  const wrong = { ...OPERATOR, key: "AKIANOBODY0000000000" };
  expect(await refusal("describe_vpcs", {}, wrong)).toEqual(["AuthFailure", 401]);
  faults.throttled = ["DescribeVpcs"];
  expect(await refusal("describe_vpcs", {}, OPERATOR)).toEqual(["RequestLimitExceeded", 503]);
  heal(faults);
  faults.failing = { "*": { status: 500 } };
  expect(await refusal("describe_vpcs", {}, OPERATOR)).toEqual(["InternalError", 500]);
  heal(faults);
  await call("describe_vpcs");
}, 60_000);
