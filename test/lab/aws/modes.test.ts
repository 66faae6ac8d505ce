import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { AwsSubject, peerOf } from "./subject";

const pair = new AwsSubject("test-modes");
beforeAll(async () => {
  await pair.start();
  await pair.configure(["nginx", "pools", 0, "instances", "count"], 1);
});
afterAll(() => pair.end());

/** A machine of a client inside of the VPC, in one of its subnets. */
async function launchClient(subnetId: string): Promise<string> {
  const { images } = await pair.model();
  const launch = {
    ImageId: Object.keys(images)[0],
    InstanceType: "t3.nano",
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetId,
    TagSpecification: [{ ResourceType: "instance", Tag: [{ Key: "Name", Value: "inside" }] }],
  };
  return (await pair.ec2("RunInstances", launch)).instancesSet[0].instanceId;
}

const terminate = async (id: string): Promise<void> => {
  await pair.ec2("TerminateInstances", { InstanceId: [id] });
  const gone = async () => (await pair.model()).instances[id]?.state === "terminated";
  await waitFor(`the end of ${id}`, 120_000, gone, 200);
};

/** What the VIP answers inside of the VPC; the image has Python, and curl only on nodes. */
const ask = (): Promise<string> =>
  pair.succeed(
    "inside",
    `python3 -c 'import urllib.request as u; print(u.urlopen("http://${pair.vip}/", timeout=3).read().decode())' 2>&1 || true`,
  );
const answered = (): Promise<unknown> =>
  waitFor("an answer inside of the VPC", 180_000, async () => (await ask()).includes('"backend"'), 500);

/** The VIP moves, and Pulumi does not want it back. */
async function mustMove(): Promise<void> {
  await pair.untilHealthy();
  await answered();
  const before = await pair.holder();
  await pair.succeed(before, "pkill -KILL nginx");
  await pair.untilHeldBy(peerOf(before));
  await answered();
  await pair.untilHealthy();
  await pair.mustBeUnchanged();
  expect(await pair.holder()).toBe(peerOf(before));
  expect(await pair.mustUp("--expect-no-changes")).toMatch(/unchanged/);
  expect(await pair.holder()).toBe(peerOf(before));
}

describe("mode secondaryPrivateIp", () => {
  it("moves a private address between the nodes of one subnet", async () => {
    await pair.configure(["vip"], { mode: "secondaryPrivateIp", address: "10.77.0.100" });
    await pair.mustUp();
    expect(pair.vip).toBe("10.77.0.100");
    const { subnets } = await pair.model();
    expect(Object.values(subnets)).toHaveLength(1);
    const client = await launchClient(Object.keys(subnets)[0] ?? "");
    try {
      await mustMove();
      const { interfaces } = await pair.model();
      const owners = Object.values(interfaces).filter(({ privateIps }) => privateIps.includes(pair.vip));
      expect(owners.map(({ attachment }) => attachment?.instanceId)).toEqual([
        (await pair.instance(await pair.holder())).id,
      ]);
    } finally {
      await terminate(client);
    }
    await pair.destroy();
  });
});

describe("mode overlayRoute", () => {
  it("moves an address outside of a VPC that was there, by the clients' route table", async () => {
    const vpc = (await pair.ec2("CreateVpc", { CidrBlock: "10.20.0.0/16" })).vpc.vpcId;
    const subnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> =>
      (await pair.ec2("CreateSubnet", { VpcId: vpc, CidrBlock, AvailabilityZone })).subnet.subnetId;
    const nodes = [await subnet("10.20.1.0/24", "lab-1a"), await subnet("10.20.2.0/24", "lab-1b")];
    const clients = await subnet("10.20.3.0/24", "lab-1a");
    const gateway = (await pair.ec2("CreateInternetGateway")).internetGateway.internetGatewayId;
    await pair.ec2("AttachInternetGateway", { InternetGatewayId: gateway, VpcId: vpc });
    const main = (await pair.ec2("DescribeRouteTables", { Filter: [{ Name: "vpc-id", Value: [vpc] }] }))
      .routeTableSet[0];
    const out = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway };
    await pair.ec2("CreateRoute", { RouteTableId: main.routeTableId, ...out });
    const table = (await pair.ec2("CreateRouteTable", { VpcId: vpc })).routeTable.routeTableId;
    await pair.ec2("AssociateRouteTable", { RouteTableId: table, SubnetId: clients });

    await pair.configure(["vip"], { mode: "overlayRoute", address: "10.99.0.10", routeTables: [table] });
    await pair.configure(["network"], { vpc });
    await pair.configure(
      ["nodes"],
      nodes.map((id, index) => ({ name: index === 0 ? "nginx-a" : "nginx-b", subnet: id })),
    );
    await pair.mustUp();
    expect(pair.vip).toBe("10.99.0.10");
    const client = await launchClient(clients);
    try {
      await mustMove();
      const { routeTables, interfaces } = await pair.model();
      const route = routeTables[table]?.routes.find(({ destination }) => destination === "10.99.0.10/32");
      const target = route?.target.kind === "interface" ? interfaces[route.target.id] : undefined;
      expect(target?.attachment?.instanceId).toBe((await pair.instance(await pair.holder())).id);
      expect(target?.sourceDestCheck).toBe(false);
    } finally {
      await terminate(client);
    }
    await pair.destroy();
    expect(Object.keys((await pair.model()).vpcs)).toEqual([vpc]);
  });
});
