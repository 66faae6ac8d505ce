import { expect, test } from "vitest";
import { reached } from "../../../../lab/ec2/model/lifecycle";
import { IMAGE, type Input, pair } from "./pair";

const { lab, vpc, subnets, gateway, enis, instances } = pair();
const group = lab.call("CreateSecurityGroup", { GroupName: "nodes", GroupDescription: "nodes", VpcId: vpc })
  .groupId as string;
const launch = { ImageId: IMAGE, InstanceType: "t3.small", MinCount: 1, MaxCount: 1 };
const vrrp = { GroupId: group, IpPermissions: [{ IpProtocol: "112", Groups: [{ GroupId: group }] }] };
lab.call("AuthorizeSecurityGroupIngress", vrrp);
lab.call("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: enis.a, SecurityGroupId: [group] });

const refused: [string, { [name: string]: Input }, string][] = [
  ["MakeCoffee", {}, "InvalidAction"],
  ["DeleteVpc", { VpcId: vpc }, "DependencyViolation"],
  ["DeleteSubnet", { SubnetId: subnets.a }, "DependencyViolation"],
  ["DeleteSecurityGroup", { GroupId: group }, "DependencyViolation"],
  ["DeleteInternetGateway", { InternetGatewayId: gateway }, "DependencyViolation"],
  ["DeleteNetworkInterface", { NetworkInterfaceId: enis.a }, "InvalidNetworkInterface.InUse"],
  [
    "RunInstances",
    { ...launch, NetworkInterface: [{ DeviceIndex: 0, NetworkInterfaceId: enis.a }] },
    "InvalidNetworkInterface.InUse",
  ],
  [
    "RunInstances",
    {
      ...launch,
      NetworkInterface: [{ DeviceIndex: 0, NetworkInterfaceId: enis.spare, AssociatePublicIpAddress: true }],
    },
    "InvalidParameterCombination",
  ],
  [
    "RunInstances",
    { ...launch, SubnetId: subnets.a, IamInstanceProfile: { Name: "nobody" } },
    "InvalidParameterValue",
  ],
  ["RunInstances", { ...launch, SubnetId: subnets.a, InstanceType: "t4g.small" }, "InvalidParameterValue"],
  ["RunInstances", { ...launch, SubnetId: subnets.a, ImageId: "ami-0" }, "InvalidAMIID.NotFound"],
  [
    "ModifyInstanceAttribute",
    { InstanceId: instances.a, InstanceType: { Value: "t3.medium" } },
    "IncorrectInstanceState",
  ],
  ["CreateSubnet", { VpcId: vpc, CidrBlock: "10.0.1.128/25" }, "InvalidSubnet.Conflict"],
  ["CreateSubnet", { VpcId: vpc, CidrBlock: "10.1.0.0/24" }, "InvalidSubnet.Range"],
  ["CreateVpc", { CidrBlock: "10.0.0.0/8" }, "InvalidVpc.Range"],
  [
    "CreateNetworkInterface",
    { SubnetId: subnets.a, PrivateIpAddress: "10.0.1.11" },
    "InvalidIPAddress.InUse",
  ],
  [
    "CreateNetworkInterface",
    { SubnetId: subnets.a, PrivateIpAddress: "10.0.1.255" },
    "InvalidParameterValue",
  ],
  ["AuthorizeSecurityGroupIngress", vrrp, "InvalidPermission.Duplicate"],
  ["DescribeAddresses", { Filter: [{ Name: "colour", Value: ["red"] }] }, "InvalidParameterValue"],
  ["DescribeInstances", { InstanceId: ["i-0"] }, "InvalidInstanceID.NotFound"],
  ["DescribeSubnets", { SubnetIds: ["x"] }, "UnknownParameter"],
  ["CreateTags", { ResourceId: [vpc], Tag: [{ Key: "aws:x", Value: "y" }] }, "InvalidParameterValue"],
];

test.each(refused)("%s %j: %s", (action, parameters, code) => {
  expect(lab.refusal(action, parameters)).toBe(code);
});

test("protocol 112 needs no ports, its rule has an id, and it is shown without ports", () => {
  const [{ ipPermissions }] = lab.call("DescribeSecurityGroups", { GroupId: [group] }).securityGroupInfo;
  expect(ipPermissions).toMatchObject([{ ipProtocol: "112", groups: [{ groupId: group }] }]);
  expect(ipPermissions[0].fromPort).toBeUndefined();
  const rules = lab.call("DescribeSecurityGroupRules", { Filter: [{ Name: "group-id", Value: [group] }] });
  expect(rules.securityGroupRuleSet[1]).toMatchObject({
    securityGroupRuleId: expect.stringMatching(/^sgr-/),
    fromPort: -1,
    isEgress: false,
  });
});

test("an interface of its own outlives the instance, and the next one finds its addresses as they were", () => {
  const subject = pair();
  subject.lab.call("TerminateInstances", { InstanceId: [subject.instances.a] });
  subject.lab.reach(subject.instances.a, "terminated");
  const left = subject.lab.region.interfaces[subject.enis.a];
  expect(left?.attachment).toBeUndefined();
  expect(left?.privateIps).toEqual(["10.0.1.11", "10.0.1.12"]);
});

test("a repeated launch with the same token launches nothing", () => {
  const ask = { ...launch, SubnetId: subnets.b, ClientToken: "once" };
  const first = lab.call("RunInstances", ask);
  const count = Object.keys(lab.region.instances).length;
  expect(lab.call("RunInstances", ask).instancesSet[0].instanceId).toBe(first.instancesSet[0].instanceId);
  expect(Object.keys(lab.region.instances)).toHaveLength(count);
  expect(lab.refusal("RunInstances", { ...ask, MaxCount: 2 })).toBe("IdempotentParameterMismatch");
});

test("filters take several values and wildcards, and must all let an item pass", () => {
  lab.call("CreateTags", { ResourceId: [enis.a, enis.b], Tag: [{ Key: "Name", Value: "lb-a" }] });
  const ids = (filters: Input) =>
    lab
      .call("DescribeNetworkInterfaces", { Filter: filters })
      .networkInterfaceSet.map((one: { networkInterfaceId: string }) => one.networkInterfaceId);
  expect(ids([{ Name: "tag:Name", Value: ["lb-?"] }])).toEqual([enis.a, enis.b]);
  expect(ids([{ Name: "addresses.private-ip-address", Value: ["10.0.1.1"] }])).toEqual([]);
  expect(
    ids([
      { Name: "tag:Name", Value: ["lb-*"] },
      { Name: "subnet-id", Value: [subnets.b, "x"] },
    ]),
  ).toEqual([enis.b]);
});

test("the whole Region survives being written and read", () => {
  expect(JSON.parse(JSON.stringify(lab.region))).toEqual(lab.region);
});

test("a lent public address goes with a stop and another comes with a start, never to an interface of its own", () => {
  const subject = pair();
  const { lab: other } = subject;
  other.call("ModifySubnetAttribute", { SubnetId: subject.subnets.a, MapPublicIpOnLaunch: { Value: true } });
  const [{ instanceId }] = other.call("RunInstances", {
    ...launch,
    SubnetId: subject.subnets.a,
  }).instancesSet;
  const lent = (id: string) => {
    const [{ instancesSet }] = other.call("DescribeInstances", { InstanceId: [id] }).reservationSet;
    return instancesSet[0].ipAddress;
  };
  for (const id of [instanceId, subject.instances.a]) other.reach(id, "running");
  expect(lent(instanceId)).toBeDefined();
  for (const id of [instanceId, subject.instances.a]) {
    other.call("StopInstances", { InstanceId: [id] });
    other.reach(id, "stopped");
    expect(lent(id)).toBeUndefined();
    other.call("StartInstances", { InstanceId: [id] });
  }
  expect([lent(instanceId), lent(subject.instances.a)]).toEqual([expect.stringMatching(/^203/), undefined]);
});

test("a machine whose end was asked for while it came up stays on its way out", () => {
  const { lab, instances } = pair();
  const { instancesSet } = lab.call("StopInstances", { InstanceId: [instances.a] });
  expect(instancesSet[0].currentState.name).toBe("stopping");
  lab.region = reached(lab.region, instances.a, "running");
  expect(lab.region.instances[instances.a]?.state).toBe("stopping");
});
