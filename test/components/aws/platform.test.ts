import { describe, expect, it } from "vitest";
import { exampleAws } from "../../example";
import { made, named, ofType } from "./made";

describe.each([
  ["up", false],
  ["preview", true],
])("a pair on EC2 in %s", (_mode, preview) => {
  it("makes the second machine after the first one has proved itself", async () => {
    const resources = await made(exampleAws(), preview);
    const second = named(resources, "edge-nginx-b", "aws:ec2/instance:Instance");
    expect(second.dependencies).toContain("edge-nginx-a-activate-unless-serving");
    expect(named(resources, "edge-nginx-a-activate-unless-serving").dependencies).toContain(
      "edge-nginx-a-stage",
    );
    expect(named(resources, "edge-nginx-a-stage").dependencies).not.toContain("edge-nginx-b-stage");
    expect(named(resources, "edge-nginx-a-activate-if-standby").dependencies).toEqual(
      expect.arrayContaining(["edge-nginx-a-stage", "edge-nginx-b-stage"]),
    );
    expect(named(resources, "edge-nginx-b-activate").dependencies).toContain(
      "edge-nginx-a-activate-if-standby",
    );
    expect(named(resources, "edge-nginx-a-activate").dependencies).toContain("edge-nginx-b-activate");
  });

  it("replaces a machine, the old one first, where the provider would stop it; its interface stays", async () => {
    const resources = await made(exampleAws(), preview);
    for (const name of ["edge-nginx-a", "edge-nginx-b"]) {
      const instance = named(resources, name, "aws:ec2/instance:Instance");
      expect(instance.deleteBeforeReplace).toBe(true);
      expect(instance.replaceOnChanges).toEqual(["instanceType", "userData"]);
      expect(instance.ignoreChanges).toEqual(["sourceDestCheck"]);
      if (!preview) expect(instance.secrets).toContain("userData");
      expect(named(resources, `${name}-interface`).ignoreChanges).toEqual([
        "privateIps",
        "privateIpLists",
        "privateIpsCount",
      ]);
    }
    for (const command of ofType(resources, "Command").filter(
      ({ name, type }) => name.includes("nginx-a-") && type.includes("remote"),
    ))
      expect(command.deletedWith, command.name).toBe("edge-nginx-a");
  });

  it("declares no association of the VIP, only those of the nodes' own way out", async () => {
    const resources = await made(exampleAws(), preview);
    const { inputs } = named(resources, "edge-vip");
    expect(Object.keys(inputs).sort()).toEqual(["domain", "tags"]);
    expect(
      ofType(resources, "EipAssociation")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["edge-nginx-a-egress", "edge-nginx-b-egress"]);
  });
});

describe("a pair on EC2", () => {
  it("keeps the image of the first up unless the stack names one", async () => {
    const resources = await made(
      exampleAws((input) => {
        delete input.instances.image;
      }),
    );
    const { inputs, ignoreChanges } = named(resources, "edge-nginx-a", "aws:ec2/instance:Instance");
    expect(inputs.ami).toBe("ami-0123456789abcdef0");
    expect(ignoreChanges).toEqual(["sourceDestCheck", "ami"]);
  });

  it.each([
    ["the routes of all names by HTTP", undefined, { type: "HTTP", port: 80 }],
    ["a site that answers without TLS, too, likewise", { redirect: false }, { type: "HTTP", port: 80 }],
    ["a site that sends to HTTPS there", {}, { type: "HTTPS", port: 8443 }],
  ])("has Route 53 ask %s", async (_title, tls, expected) => {
    const cluster = exampleAws((input) => {
      input.access.httpFrom = ["0.0.0.0/0"];
      input.dns.spread = { by: "latency" };
      if (tls === undefined) return;
      const routes = [{ path: "/", pool: "elsewhere" }];
      input.nginx.certificates = [{ name: "main", from: "selfSigned" }];
      input.nginx.tls = { port: 8443 };
      input.nginx.sites = [{ names: ["*.example.org"], tls: { certificate: "main", ...tls }, routes }];
    });
    expect(named(await made(cluster), "edge-health").inputs).toMatchObject({
      ...expected,
      resourcePath: "/",
    });
  });

  it("goes through the bastion with every command, its key a secret", async () => {
    const resources = await made(exampleAws());
    const reach = named(resources, "edge-nginx-a-reach");
    expect(reach.secrets).toContain("stdin");
    expect(reach.inputs).toMatchObject({ logging: "none", triggers: ["edge-nginx-a-id"] });
    expect(named(resources, "edge-nginx-a-ready").dependencies).toContain("edge-nginx-a-reach");
    const commands = ofType(resources, "Command").filter(({ type }) => type.includes("remote"));
    expect(commands.length).toBeGreaterThan(10);
    for (const { inputs, secrets, name } of commands) {
      expect(inputs.connection.proxy, name).toMatchObject({
        host: "bastion.example.org",
        privateKey: "proxy key",
      });
      expect(secrets, name).toContain("connection");
      expect(inputs.connection.host, name).toBe("10.77.0.10");
    }
  });

  it("in mode overlayRoute gives each table a route, whose target it ignores, and switches the check off", async () => {
    const cluster = exampleAws((input) => {
      input.network.vpc = "vpc-0123456789abcdef0";
      for (const [index, node] of input.nodes.entries()) node.subnet = `subnet-0123456789abcdef${index}`;
      input.vip = { mode: "overlayRoute", address: "10.99.0.10", routeTables: ["rtb-0123456789abcdef0"] };
    });
    const resources = await made(cluster);
    const route = named(resources, "edge-vip-rtb-0123456789abcdef0");
    expect(route.inputs).toMatchObject({
      destinationCidrBlock: "10.99.0.10/32",
      networkInterfaceId: "edge-nginx-a-interface-id",
    });
    expect(route.ignoreChanges).toEqual(["networkInterfaceId"]);
    expect(named(resources, "edge-nginx-b-interface").inputs.sourceDestCheck).toBe(false);
    expect(ofType(resources, "Vpc")).toEqual([]);
  });

  it("protects the Elastic IP and writes the record when the stack says so", async () => {
    const resources = await made(
      exampleAws((input) => {
        input.vip.protect = true;
      }),
    );
    expect(named(resources, "edge-vip").protect).toBe(true);
    expect(named(resources, "edge-record").inputs).toMatchObject({
      zoneId: "Z0123456789ABCDEFGHIJ",
      name: "www.example.org",
      type: "A",
      ttl: 60,
      records: ["203.0.113.10"],
    });
  });

  it("limits each node's role to its own interface", async () => {
    const resources = await made(exampleAws());
    const text = named(resources, "edge-nginx-a", "aws:iam/rolePolicy:RolePolicy").inputs.policy;
    expect(JSON.parse(text).Statement).toEqual([
      {
        Effect: "Allow",
        Action: "ec2:DescribeAddresses",
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
      },
      {
        Effect: "Allow",
        Action: "ec2:AssociateAddress",
        Resource: [
          "arn:aws:ec2:eu-west-1:123456789012:elastic-ip/eipalloc-edge-vip",
          "arn:aws:ec2:eu-west-1:123456789012:network-interface/edge-nginx-a-interface-id",
        ],
      },
      {
        Effect: "Allow",
        Action: "ec2:AssociateAddress",
        Resource: ["arn:aws:ec2:eu-west-1:123456789012:instance/*"],
        Condition: { ArnEquals: { "ec2:InstanceProfile": "arn:aws:test:::edge-nginx-a" } },
      },
    ]);
  });
});
