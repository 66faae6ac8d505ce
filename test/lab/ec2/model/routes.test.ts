import { expect, test } from "vitest";
import { pair } from "./pair";

const overlay = "192.0.2.10/32";

function routed() {
  const subject = pair();
  const table = subject.lab.call("CreateRouteTable", { VpcId: subject.vpc }).routeTable
    .routeTableId as string;
  const route = { RouteTableId: table, DestinationCidrBlock: overlay };
  return { ...subject, table, route };
}

const { lab, route, table, enis, gateway, instances } = routed();

test("a route is replaced only where there is one", () => {
  expect(lab.refusal("ReplaceRoute", { ...route, NetworkInterfaceId: enis.a })).toBe("InvalidParameterValue");
  lab.call("CreateRoute", { ...route, NetworkInterfaceId: enis.a });
  expect(lab.refusal("CreateRoute", { ...route, NetworkInterfaceId: enis.b })).toBe("RouteAlreadyExists");
  lab.call("ReplaceRoute", { ...route, NetworkInterfaceId: enis.b });
  const [{ routeSet }] = lab.call("DescribeRouteTables", { RouteTableId: [table] }).routeTableSet;
  expect(routeSet[1]).toMatchObject({
    destinationCidrBlock: overlay,
    networkInterfaceId: enis.b,
    instanceId: instances.b,
    state: "active",
  });
});

test("a dry run leaves the route", () => {
  const subject = routed();
  subject.lab.call("CreateRoute", { ...subject.route, NetworkInterfaceId: subject.enis.a });
  const ask = { ...subject.route, NetworkInterfaceId: subject.enis.b, DryRun: true };
  expect(subject.lab.refusal("ReplaceRoute", ask)).toBe("DryRunOperation");
});

test("a route to an interface whose instance is off is a black hole", () => {
  const subject = routed();
  subject.lab.call("CreateRoute", { ...subject.route, NetworkInterfaceId: subject.enis.a });
  subject.lab.reach(subject.instances.a, "stopped");
  const [{ routeSet }] = subject.lab.call("DescribeRouteTables", {
    RouteTableId: [subject.table],
  }).routeTableSet;
  expect(routeSet[1].state).toBe("blackhole");
});

test.each([
  [
    "inside the VPC, not a subnet",
    { DestinationCidrBlock: "10.0.1.77/32", NetworkInterfaceId: enis.a },
    "InvalidParameterValue",
  ],
  [
    "a subnet, but to a gateway",
    { DestinationCidrBlock: "10.0.1.0/24", GatewayId: gateway },
    "InvalidParameterValue",
  ],
  [
    "the VPC's own",
    { DestinationCidrBlock: "10.0.0.0/16", NetworkInterfaceId: enis.a },
    "RouteAlreadyExists",
  ],
  [
    "two targets",
    { DestinationCidrBlock: "0.0.0.0/0", NetworkInterfaceId: enis.a, GatewayId: gateway },
    "InvalidParameterCombination",
  ],
  ["no target", { DestinationCidrBlock: "0.0.0.0/0" }, "MissingParameter"],
  ["no range", { DestinationCidrBlock: "everywhere", GatewayId: gateway }, "InvalidParameterValue"],
])("CreateRoute, %s: %s", (_, parameters, code) => {
  expect(lab.refusal("CreateRoute", { RouteTableId: table, ...parameters })).toBe(code);
});

test("the local route is neither replaced nor deleted", () => {
  const local = { RouteTableId: table, DestinationCidrBlock: "10.0.0.0/16" };
  expect(lab.refusal("ReplaceRoute", { ...local, NetworkInterfaceId: enis.a })).toBe("InvalidParameterValue");
  expect(lab.refusal("DeleteRoute", local)).toBe("InvalidParameterValue");
  expect(lab.refusal("DeleteRoute", { ...local, DestinationCidrBlock: "9.9.9.9/32" })).toBe(
    "InvalidRoute.NotFound",
  );
});

test("a NAT gateway has an interface that nobody else can touch, and a route to it", () => {
  const subject = routed();
  const { lab: own } = subject;
  const address = own.call("AllocateAddress").allocationId as string;
  const { natGateway } = own.call("CreateNatGateway", { SubnetId: subject.subnets.a, AllocationId: address });
  const [{ networkInterfaceId, publicIp }] = natGateway.natGatewayAddressSet;
  expect(natGateway).toMatchObject({ state: "available", connectivityType: "public" });
  const out = { RouteTableId: subject.table, DestinationCidrBlock: "0.0.0.0/0" };
  own.call("CreateRoute", { ...out, NatGatewayId: natGateway.natGatewayId });
  const routes = () =>
    own.call("DescribeRouteTables", { RouteTableId: [subject.table] }).routeTableSet[0].routeSet;
  expect(routes()[1]).toMatchObject({ natGatewayId: natGateway.natGatewayId, state: "active" });
  const [held] = own.call("DescribeAddresses", { PublicIp: [publicIp] }).addressesSet;
  expect(own.refusal("DeleteNetworkInterface", { NetworkInterfaceId: networkInterfaceId })).toBe(
    "OperationNotPermitted",
  );
  expect(own.refusal("DisassociateAddress", { AssociationId: held.associationId })).toBe(
    "OperationNotPermitted",
  );
  own.call("DeleteNatGateway", { NatGatewayId: natGateway.natGatewayId });
  expect(routes()[1].state).toBe("blackhole");
  own.call("ReleaseAddress", { AllocationId: address });
});
