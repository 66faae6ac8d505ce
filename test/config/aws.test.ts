import { describe, expect, it } from "vitest";
import { parseCluster } from "../../config/parse";
import { exampleAws, exampleInput } from "../example";
import { awsProblems, type Input } from "./problems";

describe("parseCluster on platform aws", () => {
  it("takes the annotated example, with a VPC that is there and with one that is made", () => {
    expect(parseCluster(exampleInput("Pulumi.example-aws.yaml"))).toHaveProperty("cluster");
    expect(exampleAws().vip).toEqual({ mode: "elasticIp", protect: false });
  });

  it("needs platform, access and nginx only", () => {
    const parsed = parseCluster({
      platform: "aws",
      access: { sshFrom: ["192.0.2.0/24"] },
      nginx: { pools: [{ name: "p", instances: { count: 1 } }], routes: [{ path: "/", pool: "p" }] },
    });
    expect(parsed).toMatchObject({
      cluster: {
        vip: { mode: "elasticIp" },
        keepalived: { profile: "cloud" },
        nodes: [{ name: "nginx-a" }, { name: "nginx-b" }],
      },
    });
  });

  it.each<[string, (input: Input) => unknown, string[]]>([
    [
      "sshFrom missing",
      (c) => {
        delete c.access.sshFrom;
      },
      ["nginx-ha:cluster.access.sshFrom: is required; every key is in Pulumi.example.yaml"],
    ],
    [
      "a stream on the port of the nodes' tunnel",
      (c) => {
        const servers = [{ address: "192.0.2.32", port: 53 }];
        c.nginx.streams = [{ name: "dns", protocol: "udp", port: 7261, servers }];
      },
      [
        "nginx-ha:cluster.nginx.streams[0].port: is that of the tunnel between the nodes; take another one, or drain.seconds 0 (is 7261)",
      ],
    ],
    [
      "HTTP/3 on the port of the nodes' tunnel",
      (c) => {
        c.nginx.certificates = [{ name: "main", from: "selfSigned" }];
        c.nginx.sites = [
          {
            names: ["www.example.org"],
            tls: { certificate: "main" },
            routes: [{ path: "/", pool: c.nginx.pools[0].name }],
          },
        ];
        c.nginx.tls = { port: 7261, http3: true };
      },
      [
        "nginx-ha:cluster.nginx.tls.port: is that of the tunnel between the nodes; take another one, or drain.seconds 0 (is 7261)",
      ],
    ],
    [
      "a drain that nginx would end",
      (c) => {
        c.drain = { seconds: 3600 };
      },
      [
        "nginx-ha:cluster.drain.seconds: must not be above nginx.workers.shutdownTimeout (60), after which nginx ends them; raise that one, too, or lower drain.seconds (is 3600)",
      ],
    ],
    [
      "an unknown VIP mode",
      (c) => {
        c.vip = { mode: "anycast" };
      },
      [
        'nginx-ha:cluster.vip.mode: must be elasticIp, secondaryPrivateIp or overlayRoute on platform aws (is "anycast")',
      ],
    ],
    [
      "mode secondaryPrivateIp across two subnets",
      (c) => {
        c.vip = { mode: "secondaryPrivateIp", address: "10.20.0.9" };
        c.network.vpc = "vpc-0123456789abcdef0";
        c.nodes[0].subnet = "subnet-0123456789abcdef0";
        c.nodes[1].subnet = "subnet-0123456789abcdef1";
      },
      [
        'nginx-ha:cluster.nodes[1].subnet: must be subnet-0123456789abcdef0, as nodes[0] has: mode secondaryPrivateIp works inside of one subnet; across subnets take elasticIp or overlayRoute (is "subnet-0123456789abcdef1")',
      ],
    ],
    [
      "mode secondaryPrivateIp in two zones",
      (c) => {
        c.vip = { mode: "secondaryPrivateIp", address: "10.77.0.9" };
        c.network.zones = ["eu-west-1a", "eu-west-1b"];
      },
      [
        "nginx-ha:cluster.network.zones: must be one zone: mode secondaryPrivateIp works inside of one subnet (is a list of 2)",
      ],
    ],
    [
      "a secondary private address that EC2 keeps to itself",
      (c) => {
        c.vip = { mode: "secondaryPrivateIp", address: "10.77.0.3" };
      },
      [
        'nginx-ha:cluster.vip.address: must be a free address of the nodes\' subnet 10.77.0.0/18, not its first four or its last (is "10.77.0.3")',
      ],
    ],
    [
      "mode overlayRoute without a VPC that has clients",
      (c) => {
        c.vip = { mode: "overlayRoute", address: "10.99.0.10", routeTables: ["rtb-0123456789abcdef0"] };
      },
      [
        'nginx-ha:cluster.vip.mode: needs network.vpc, whose clients\' route tables are vip.routeTables (is "overlayRoute")',
      ],
    ],
    [
      "a NAT gateway where the answers leave by the Internet gateway, in a VPC that nobody can enter yet",
      (c) => {
        c.nodes[1].egress = "nat";
      },
      [
        'nginx-ha:cluster.nodes[1].egress: cannot go together with vip.mode elasticIp, whose answers leave by the Internet gateway; take elasticIp, or another mode (is "nat")',
        'nginx-ha:cluster.nodes[1].egress: needs network.vpc: behind a NAT gateway nodes are reached by a bastion or a VPN, which must be there first (is "nat")',
      ],
    ],
    [
      "a range that is named twice",
      (c) => {
        c.access.httpFrom = ["192.0.2.0/24", "192.0.2.0/24"];
      },
      ["nginx-ha:cluster.access.httpFrom: must not name anything twice (is a list of 2)"],
    ],
    [
      "one zone where two are asked",
      (c) => {
        c.network.zones = ["eu-west-1a"];
      },
      [
        "nginx-ha:cluster.network.zones: must be two zones; for a pair in one zone set network.oneZone (is a list of 1)",
      ],
    ],
    [
      "a taken VPC without the nodes' subnets, and a range for it",
      (c) => {
        c.network.vpc = "vpc-0123456789abcdef0";
        c.network.cidr = "10.0.0.0/16";
      },
      [
        'nginx-ha:cluster.network.cidr: is for a VPC that is made; leave it out, or network.vpc (is "10.0.0.0/16")',
        "nginx-ha:cluster.nodes[0].subnet: is required with network.vpc: a subnet of that VPC",
        "nginx-ha:cluster.nodes[1].subnet: is required with network.vpc: a subnet of that VPC",
      ],
    ],
    [
      "a pool with servers and instances",
      (c) => {
        c.nginx.pools[0].servers = [{ address: "10.20.0.9" }];
      },
      ["nginx-ha:cluster.nginx.pools[0].servers: cannot go together with instances (is a list of 1)"],
    ],
    [
      "a pool with neither",
      (c) => {
        delete c.nginx.pools[0].instances;
      },
      ["nginx-ha:cluster.nginx.pools[0].servers: is required, or instances"],
    ],
    [
      "two nodes of one name",
      (c) => {
        c.nodes[1].name = "nginx-a";
      },
      ['nginx-ha:cluster.nodes[1].name: must be unique, and is the same as nodes[0].name (is "nginx-a")'],
    ],
  ])("refuses %s", (_title, change, expected) => {
    expect(awsProblems(change)).toEqual(expected);
  });
});
