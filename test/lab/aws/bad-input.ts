import { describe, expect, it } from "vitest";
import { pair } from "./pair";

describe("bad input is told at preview, and makes nothing", () => {
  type Changes = Parameters<typeof pair.withConfig>[0];

  const refused = async (changes: Changes, expected: string): Promise<void> => {
    const { exitCode, text } = await pair.withConfig(changes, () => pair.pulumi("preview"));
    expect(exitCode).not.toBe(0);
    expect(text).toContain(expected);
    expect(text).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect((await pair.ec2("DescribeAddresses")).addressesSet).toHaveLength(0);
  };

  it("an instance type that the Region does not offer", () =>
    refused(
      [[["instances", "type"], "t9.huge"]],
      "nginx-ha:cluster.instances.type: must be an instance type that the Region offers, and is t9.huge",
    ));

  it("a Region without the image", () =>
    refused(
      [[["instances"], { type: "t4g.small" }]],
      "nginx-ha:cluster.instances.image: must name an image: Debian publishes none in lab-1",
    ));

  it("credentials that do not work", async () => {
    const { exitCode, text } = await pair.pulumiAs({ AWS_SECRET_ACCESS_KEY: "wrong" }, "preview");
    expect(exitCode).not.toBe(0);
    expect(text).toContain("aws: has no credentials that work, by whatever way you give them (");
    expect(text).not.toMatch(/^\s+at .*\.ts:\d+/m);
  });

  it("sshFrom missing", () =>
    refused([[["access", "sshFrom"], undefined]], "nginx-ha:cluster.access.sshFrom: is required"));

  it("a taken VPC: no way out, one zone where two are asked, an overlay address inside, all at once", async () => {
    const vpc = (await pair.ec2("CreateVpc", { CidrBlock: "10.20.0.0/16" })).vpc.vpcId;
    const subnets: string[] = [];
    for (const CidrBlock of ["10.20.1.0/24", "10.20.2.0/24"]) {
      const at = { VpcId: vpc, CidrBlock, AvailabilityZone: "lab-1a" };
      subnets.push((await pair.ec2("CreateSubnet", at)).subnet.subnetId);
    }
    const table = (await pair.ec2("CreateRouteTable", { VpcId: vpc })).routeTable.routeTableId;
    try {
      const nodes = subnets.map((subnet, index) => ({ name: index === 0 ? "nginx-a" : "nginx-b", subnet }));
      const vip = { mode: "overlayRoute", address: "10.20.9.9", routeTables: [table] };
      const changes: Changes = [
        [["network"], { vpc }],
        [["nodes"], nodes],
        [["vip"], vip],
      ];
      await refused(changes, "nginx-ha:cluster.nodes[0].subnet: must have a way out");
      await refused(
        changes,
        "nginx-ha:cluster.nodes[1].subnet: must be in another zone than the first node's",
      );
      await refused(
        changes,
        "nginx-ha:cluster.vip.address: must lie outside of the VPC's range 10.20.0.0/16",
      );
    } finally {
      await pair.ec2("DeleteRouteTable", { RouteTableId: table });
      for (const SubnetId of subnets) await pair.ec2("DeleteSubnet", { SubnetId });
      await pair.ec2("DeleteVpc", { VpcId: vpc });
    }
  });
});
