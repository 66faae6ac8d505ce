import { expect, test } from "vitest";
import type { Caller } from "../../../../lab/ec2/iam/caller";
import { callerOf, issue, sessionOf } from "../../../../lab/ec2/iam/credentials";
import {
  createInstanceProfile,
  createRole,
  deleteInstanceProfile,
  deleteRole,
  deleteRolePolicy,
  putRolePolicy,
  setProfileRole,
} from "../../../../lab/ec2/iam/roles";
import type { Region } from "../../../../lab/ec2/model/state";
import { ACCOUNT, emptyRegion, NOW, pair, TRUST } from "../model/pair";

const subject = pair();
const { lab, enis, instances, allocation, vpc, subnets } = subject;
const arn = (type: string, id: string) => `arn:aws:ec2:lab-west-1:${ACCOUNT}:${type}/${id}`;

/** A caller with one statement, as the role of node a. */
function node(statement: object): Caller {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Resource: "*", ...statement }],
  });
  const region = putRolePolicy(
    createRole(lab.region, { name: "node-a", trust: TRUST, now: NOW }),
    "node-a",
    "claim",
    policy,
  );
  return callerOf(
    region,
    issue("test", { instanceId: instances.a, role: "node-a", issued: NOW, expires: NOW + 1 }),
  );
}

const associate = (id: string) => ({
  AllocationId: allocation,
  NetworkInterfaceId: id,
  AllowReassociation: true,
  DryRun: true,
});
const own = [arn("elastic-ip", allocation), arn("network-interface", enis.a), arn("instance", instances.a)];

test.each([
  ["all three resources, own interface", own, enis.a, "DryRunOperation"],
  ["all three resources, the peer's interface", own, enis.b, "UnauthorizedOperation"],
  ["without the elastic IP", own.slice(1), enis.a, "UnauthorizedOperation"],
  ["without the interface", [own[0], own[2]], enis.a, "UnauthorizedOperation"],
  ["without the instance", own.slice(0, 2), enis.a, "UnauthorizedOperation"],
])("AssociateAddress asks about every resource: %s", (_, Resource, id, code) => {
  expect(
    lab.refusal("AssociateAddress", associate(id), node({ Action: "ec2:AssociateAddress", Resource })),
  ).toBe(code);
});

test("the interface of an instance that is named counts too", () => {
  const caller = node({ Action: "ec2:AssociateAddress", Resource: [own[0], arn("instance", "*")] });
  const ask = { AllocationId: allocation, InstanceId: instances.b, DryRun: true };
  expect(lab.refusal("AssociateAddress", ask, caller)).toBe("UnauthorizedOperation");
});

test("tags of the resource, its subnet and its VPC are judged", () => {
  lab.call("CreateTags", { ResourceId: [enis.a], Tag: [{ Key: "node", Value: "a" }] });
  const assign = (id: string, Condition: object) =>
    lab.attempt(
      "AssignPrivateIpAddresses",
      { NetworkInterfaceId: id, SecondaryPrivateIpAddressCount: 1 },
      node({ Action: "ec2:AssignPrivateIpAddresses", Condition }),
    ).error?.code;
  const tagged = { StringEquals: { "ec2:ResourceTag/node": "a" } };
  const here = { ArnEquals: { "ec2:Subnet": arn("subnet", subnets.a), "ec2:Vpc": arn("vpc", vpc) } };
  expect(assign(enis.a, tagged)).toBeUndefined();
  expect(assign(enis.b, tagged)).toBe("UnauthorizedOperation");
  expect(assign(enis.a, here)).toBeUndefined();
  expect(assign(enis.b, here)).toBe("UnauthorizedOperation");
});

test("ReplaceRoute can be scoped to the table and the calling instance, and to nothing less", () => {
  const table = lab.call("CreateRouteTable", { VpcId: vpc }).routeTable.routeTableId as string;
  const ask = {
    RouteTableId: table,
    DestinationCidrBlock: "192.0.2.1/32",
    NetworkInterfaceId: enis.b,
    DryRun: true,
  };
  const from = (id: string) => ({ ArnEquals: { "ec2:SourceInstanceARN": arn("instance", id) } });
  const Action = "ec2:ReplaceRoute";
  expect(
    lab.refusal(
      "ReplaceRoute",
      ask,
      node({ Action, Resource: arn("route-table", table), Condition: from(instances.a) }),
    ),
  ).toBe("DryRunOperation");
  expect(lab.refusal("ReplaceRoute", ask, node({ Action, Condition: from(instances.b) }))).toBe(
    "UnauthorizedOperation",
  );
  expect(lab.refusal("ReplaceRoute", ask, node({ Action, Resource: arn("network-interface", enis.b) }))).toBe(
    "UnauthorizedOperation",
  );
});

test("a describe is allowed for * or not at all", () => {
  const Action = "ec2:DescribeAddresses";
  expect(lab.refusal("DescribeAddresses", {}, node({ Action, Resource: own }))).toBe("UnauthorizedOperation");
  expect(lab.attempt("DescribeAddresses", {}, node({ Action })).error).toBeUndefined();
  expect(
    lab.refusal(
      "DescribeAddresses",
      {},
      node({ Action, Condition: { StringEquals: { "ec2:Region": "lab-east-1" } } }),
    ),
  ).toBe("UnauthorizedOperation");
});

test("a session's token that was touched belongs to nobody", () => {
  const { token } = issue("test", { instanceId: "i-1", role: "node-a", issued: 0, expires: 1 });
  expect(sessionOf("test", token)?.role).toBe("node-a");
  expect(sessionOf("test", `${token.slice(0, -2)}AA`)).toBeUndefined();
  expect(sessionOf("another Region", token)).toBeUndefined();
});

test("a role goes after its policies and profiles", () => {
  let region: Region = createRole(emptyRegion(), { name: "node", trust: TRUST, now: NOW });
  region = setProfileRole(createInstanceProfile(region, { name: "node", now: NOW }), "node", "node");
  expect(() => deleteRole(region, "node")).toThrow("must remove roles");
  expect(() => createRole(region, { name: "node", trust: TRUST, now: NOW })).toThrow("already exists");
  expect(() => setProfileRole(region, "node", "node")).toThrow("quota");
  region = putRolePolicy(
    setProfileRole(region, "node", undefined),
    "node",
    "claim",
    JSON.stringify({ Statement: [] }),
  );
  expect(() => deleteRole(region, "node")).toThrow("must delete policies");
  region = deleteRole(deleteRolePolicy(region, "node", "claim"), "node");
  expect(deleteInstanceProfile(region, "node")).toMatchObject({ roles: {}, instanceProfiles: {} });
});
