import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { heal } from "../../../../lab/ec2/faults";
import { actions } from "../../../../lab/ec2/model/actions";
import type { Fields, Shape } from "../../../../lab/ec2/model/parameters";
import { ask, boto, call, endAsking, refusal, site, startAsking } from "./asked";
import { OPERATOR } from "./endpoint";
import { makePair, type Node, type Pair } from "./provider";

const { faults } = site;
const unauthorized = ["UnauthorizedOperation", 403];

beforeAll(startAsking, 300_000);
afterAll(endAsking);

function names(fields: Fields): object {
  const inner = (shape: Shape<unknown>): object | null =>
    shape.fields ? names(shape.fields) : shape.member ? inner(shape.member) : null;
  return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, inner(shape)]));
}

test("every action and parameter is one of EC2's", async () => {
  const check = Object.fromEntries([...actions].map(([name, { parameters }]) => [name, names(parameters)]));
  expect((await boto().ask({ check })).unknown).toEqual([]);
});

// One pair lives through all of this, in this order.
describe("a pair that a provider made", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await makePair();
  });

  const claim = (node: Node) =>
    ask(
      "associate_address",
      {
        AllocationId: pair.allocation,
        NetworkInterfaceId: node.eni,
        PrivateIpAddress: node.secondary,
        AllowReassociation: true,
      },
      node.who,
    );

  test("a NAT gateway comes and goes", async () => {
    const { vpc, subnet } = pair;
    const AllocationId = (await call("allocate_address", { Domain: "vpc" })).AllocationId;
    const made = await call("create_nat_gateway", { SubnetId: subnet, AllocationId });
    const { NatGatewayId } = made.NatGateway;
    const RouteTableId = (await call("create_route_table", { VpcId: vpc })).RouteTable.RouteTableId;
    const out = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId };
    await call("create_route", out);
    const { NatGateways } = await call("describe_nat_gateways", { NatGatewayIds: [NatGatewayId] });
    expect(NatGateways[0]).toMatchObject({ State: "available", SubnetId: subnet });
    await call("delete_nat_gateway", { NatGatewayId });
    await call("release_address", { AllocationId });
    await call("delete_route_table", { RouteTableId });
  });

  test("an Elastic IP goes to the node that claims it, and nobody gives it to somebody else", async () => {
    const { a, b, allocation } = pair;
    const first = await claim(a);
    const second = await claim(b);
    expect(first.answer.AssociationId).toMatch(/^eipassoc-/);
    expect(second.answer.AssociationId).not.toBe(first.answer.AssociationId);
    const [held] = (await call("describe_addresses", { AllocationIds: [allocation] }, a.who)).Addresses;
    expect(held).toMatchObject({
      NetworkInterfaceId: b.eni,
      PrivateIpAddress: b.secondary,
      InstanceId: b.instance,
    });

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
  });

  test("a secondary address goes to the node that takes it, with its Elastic IP", async () => {
    const { a, b, allocation } = pair;
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
  });

  test("a route goes to the node that replaces it", async () => {
    const { b, table } = pair;
    const route = { RouteTableId: table, DestinationCidrBlock: "192.0.2.10/32", NetworkInterfaceId: b.eni };
    await call("replace_route", route, b.who);
    expect(
      await refusal("replace_route", { ...route, DestinationCidrBlock: "192.0.2.11/32" }, b.who),
    ).toEqual(["InvalidParameterValue", 400]);
    const [shown] = (await call("describe_route_tables", { RouteTableIds: [table] }, b.who)).RouteTables;
    expect(shown.Routes[2]).toMatchObject({ NetworkInterfaceId: b.eni, State: "active" });
  });

  test("an Elastic IP goes to no address that a node has no more, and is given back", async () => {
    const { a, b, allocation, publicIp } = pair;
    await claim(b).then(({ code }) => expect(code).toBe("InvalidParameterValue"));
    await call(
      "associate_address",
      { AllocationId: allocation, NetworkInterfaceId: a.eni, PrivateIpAddress: a.secondary },
      a.who,
    );
    const [again] = (await call("describe_addresses", { PublicIps: [publicIp] }, a.who)).Addresses;
    await call("disassociate_address", { AssociationId: again.AssociationId }, a.who);
  });

  test("is shown to its nodes, which may end nobody", async () => {
    const { a, b } = pair;
    const described = await call("describe_instances", { InstanceIds: [a.instance] }, a.who);
    expect(described.Reservations[0].Instances[0]).toMatchObject({
      State: { Name: "running" },
      MetadataOptions: { HttpTokens: "required" },
    });
    expect(await refusal("terminate_instances", { InstanceIds: [b.instance] }, a.who)).toEqual(unauthorized);
  });

  test("can be described in all its parts", async () => {
    const { a } = pair;
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
  });

  test("goes away again, with all that it had", async () => {
    const { a, b, allocation, table, vpc, subnet, gateway, group, rule } = pair;
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
  });
});

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
