import { expect, test } from "vitest";
import { pair } from "./pair";

test("an address moves in one call, gets a new association id, and the old interface stops showing it", () => {
  const { lab, enis, allocation } = pair();
  const to = (id: string, privateIp: string) =>
    lab.call("AssociateAddress", {
      AllocationId: allocation,
      NetworkInterfaceId: id,
      PrivateIpAddress: privateIp,
      AllowReassociation: true,
    }).associationId as string;
  const first = to(enis.a, "10.0.1.12");
  const second = to(enis.b, "10.0.2.12");
  expect(first).toMatch(/^eipassoc-[0-9a-f]{17}$/);
  expect(second).not.toBe(first);
  const [address] = lab.call("DescribeAddresses", { AllocationId: [allocation] }).addressesSet;
  expect(address).toMatchObject({
    networkInterfaceId: enis.b,
    privateIpAddress: "10.0.2.12",
    associationId: second,
  });
  const [before, after] = [enis.a, enis.b].map(
    (id) => lab.call("DescribeNetworkInterfaces", { NetworkInterfaceId: [id] }).networkInterfaceSet[0],
  );
  expect(before.privateIpAddressesSet.map((one: { association?: unknown }) => one.association)).toEqual([
    undefined,
    undefined,
  ]);
  expect(after.privateIpAddressesSet[0].association).toBeUndefined();
  expect(after.privateIpAddressesSet[1].association).toMatchObject({
    allocationId: allocation,
    associationId: second,
  });
});

test("associating where the address is already changes nothing, its id included", () => {
  const { lab, enis, allocation } = pair();
  const ask = { AllocationId: allocation, NetworkInterfaceId: enis.a, PrivateIpAddress: "10.0.1.12" };
  const { associationId } = lab.call("AssociateAddress", ask);
  expect(lab.call("AssociateAddress", ask).associationId).toBe(associationId);
});

test("an elastic IP that is on the target is displaced and stays allocated", () => {
  const { lab, enis, allocation } = pair();
  const other = lab.call("AllocateAddress").allocationId as string;
  const ask = { NetworkInterfaceId: enis.a, PrivateIpAddress: "10.0.1.12" };
  lab.call("AssociateAddress", { AllocationId: allocation, ...ask });
  lab.call("AssociateAddress", { AllocationId: other, ...ask });
  expect(lab.region.addresses[allocation]?.association).toBeUndefined();
  expect(lab.region.addresses[other]?.association?.privateIp).toBe("10.0.1.12");
});

test("without a private address the primary one is meant, and a lent public address goes back", () => {
  const { lab, subnets, allocation } = pair();
  lab.call("ModifySubnetAttribute", { SubnetId: subnets.a, MapPublicIpOnLaunch: { Value: true } });
  const launch = {
    ImageId: "ami-0debian13amd64000",
    InstanceType: "t3.small",
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnets.a,
  };
  const [{ instanceId, ipAddress }] = lab.call("RunInstances", launch).instancesSet;
  expect(ipAddress).toMatch(/^203\.0\.113\./);
  lab.reach(instanceId, "running");
  lab.call("AssociateAddress", { AllocationId: allocation, InstanceId: instanceId });
  const [{ instancesSet }] = lab.call("DescribeInstances", { InstanceId: [instanceId] }).reservationSet;
  expect(instancesSet[0].ipAddress).toBe(lab.region.addresses[allocation]?.publicIp);
  const { associationId } = lab.call("DescribeAddresses").addressesSet[0];
  lab.call("DisassociateAddress", { AssociationId: associationId });
  const [again] = lab.call("DescribeInstances", { InstanceId: [instanceId] }).reservationSet;
  expect(again.instancesSet[0].ipAddress).toBeUndefined();
});

const { enis, instances, allocation, lab } = pair();
lab.call("AssociateAddress", {
  AllocationId: allocation,
  NetworkInterfaceId: enis.a,
  PrivateIpAddress: "10.0.1.12",
});

test.each([
  [
    "associated elsewhere, without leave",
    { AllocationId: allocation, NetworkInterfaceId: enis.b },
    "Resource.AlreadyAssociated",
  ],
  [
    "associated elsewhere, leave refused",
    { AllocationId: allocation, NetworkInterfaceId: enis.b, AllowReassociation: false },
    "Resource.AlreadyAssociated",
  ],
  [
    "unknown allocation",
    { AllocationId: "eipalloc-0", NetworkInterfaceId: enis.a },
    "InvalidAllocationID.NotFound",
  ],
  [
    "unknown interface",
    { AllocationId: allocation, NetworkInterfaceId: "eni-0" },
    "InvalidNetworkInterfaceID.NotFound",
  ],
  ["unknown instance", { AllocationId: allocation, InstanceId: "i-0" }, "InvalidInstanceID.NotFound"],
  ["no target", { AllocationId: allocation }, "MissingParameter"],
  [
    "two targets",
    { AllocationId: allocation, NetworkInterfaceId: enis.a, InstanceId: instances.a },
    "InvalidParameterCombination",
  ],
  ["no address", { NetworkInterfaceId: enis.a }, "MissingParameter"],
  [
    "an address of another interface",
    { AllocationId: allocation, NetworkInterfaceId: enis.a, PrivateIpAddress: "10.0.1.21" },
    "InvalidParameterValue",
  ],
  [
    "an unknown parameter",
    { AllocationId: allocation, NetworkInterfaceId: enis.a, Force: true },
    "UnknownParameter",
  ],
])("AssociateAddress, %s: %s", (_, parameters, code) => {
  expect(lab.refusal("AssociateAddress", parameters)).toBe(code);
});

test("DryRun says that it would have been done, and does not do it", () => {
  const ask = {
    AllocationId: allocation,
    NetworkInterfaceId: enis.b,
    AllowReassociation: true,
    DryRun: true,
  };
  expect(lab.refusal("AssociateAddress", ask)).toBe("DryRunOperation");
  expect(lab.region.addresses[allocation]?.association?.networkInterfaceId).toBe(enis.a);
});

test("an instance with two interfaces does not stand for one", () => {
  const subject = pair();
  const second = subject.lab.call("CreateNetworkInterface", { SubnetId: subject.subnets.a }).networkInterface
    .networkInterfaceId;
  const launch = {
    ImageId: "ami-0debian13amd64000",
    InstanceType: "t3.small",
    MinCount: 1,
    MaxCount: 1,
    NetworkInterface: [
      { DeviceIndex: 0, NetworkInterfaceId: subject.enis.spare },
      { DeviceIndex: 1, NetworkInterfaceId: second },
    ],
  };
  const [{ instanceId }] = subject.lab.call("RunInstances", launch).instancesSet;
  subject.lab.reach(instanceId, "running");
  const ask = { AllocationId: subject.allocation, InstanceId: instanceId };
  expect(subject.lab.refusal("AssociateAddress", ask)).toBe("InvalidInstanceID");
});

test("five elastic IPs and no sixth", () => {
  const subject = pair().lab;
  for (let count = 1; count < 5; count++) subject.call("AllocateAddress");
  expect(subject.refusal("AllocateAddress")).toBe("AddressLimitExceeded");
});

test("an address in use is not released", () => {
  expect(lab.refusal("ReleaseAddress", { AllocationId: allocation })).toBe("InvalidIPAddress.InUse");
});
