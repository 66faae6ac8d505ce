import { describe, expect, it } from "vitest";
import { parseCluster } from "../../config/parse";
import { exampleAws, exampleInput, makeVpc } from "../example";

type Input = ReturnType<typeof exampleInput>;

/** The problems of the example on EC2, in a VPC that is made, after `change`. */
function problems(change: (input: Input) => unknown): string[] {
  const input = exampleInput("Pulumi.example-aws.yaml");
  makeVpc(input);
  change(input);
  const parsed = parseCluster(input);
  return "problems" in parsed ? parsed.problems : [];
}

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
    expect(problems(change)).toEqual(expected);
  });
});

describe("what would be careless", () => {
  const careful = (c: Input): void => {
    c.production = true;
    c.vip = { mode: "elasticIp", protect: true };
  };
  it.each<[string, (input: Input) => unknown, string[]]>([
    ["a careful production stack", () => {}, []],
    [
      "an Elastic IP unprotected in production",
      (c) => {
        c.vip.protect = false;
      },
      [
        "nginx-ha:cluster.vip.protect: must be true with production: a destroy would give the address away for good (is false)",
      ],
    ],
    [
      "an Elastic IP unprotected elsewhere",
      (c) => {
        c.vip.protect = false;
        c.production = false;
      },
      [],
    ],
    [
      "an Elastic IP that the stack did not make",
      (c) => {
        c.vip = { mode: "elasticIp", allocation: "eipalloc-0123456789abcdef0" };
      },
      [],
    ],
    [
      "one zone in production",
      (c) => {
        c.network = { oneZone: true };
      },
      [
        "nginx-ha:cluster.network.oneZone: cannot go together with production: the pair would not outlive its zone (is true)",
      ],
    ],
    [
      "one zone elsewhere",
      (c) => {
        c.network = { oneZone: true };
        c.production = false;
      },
      [],
    ],
    [
      "a mode of one zone in production",
      (c) => {
        c.vip = { mode: "secondaryPrivateIp", address: "10.77.0.9" };
        c.network = {};
      },
      [
        'nginx-ha:cluster.vip.mode: cannot go together with production: the pair would not outlive its zone; take elasticIp or overlayRoute (is "secondaryPrivateIp")',
      ],
    ],
    [
      "port 22 open to the world, in production or not",
      (c) => {
        c.production = false;
        c.access.sshFrom = ["192.0.2.0/24", "0.0.0.0/0"];
      },
      [
        'nginx-ha:cluster.access.sshFrom[1]: must not be the whole world: name where pulumi up runs, or the bastion (is "0.0.0.0/0")',
      ],
    ],
    [
      "port 22 open to the world in halves",
      (c) => {
        c.access.sshFrom = ["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "8.0.0.0/7"];
      },
      [
        'nginx-ha:cluster.access.sshFrom[0]: must be a /8 at most: name where pulumi up runs, or the bastion (is "0.0.0.0/1")',
        'nginx-ha:cluster.access.sshFrom[1]: must be a /8 at most: name where pulumi up runs, or the bastion (is "128.0.0.0/1")',
        'nginx-ha:cluster.access.sshFrom[3]: must be a /8 at most: name where pulumi up runs, or the bastion (is "8.0.0.0/7")',
      ],
    ],
    [
      "a shared name that Route 53 may not ask",
      (c) => {
        c.dns.spread = { by: "latency" };
        c.access.httpFrom = ["192.0.2.0/24", "198.51.100.0/24"];
      },
      [
        "nginx-ha:cluster.access.httpFrom: must include 0.0.0.0/0 with dns.spread: the health checks of Route 53 come from many addresses (is a list of 2)",
      ],
    ],
    [
      "a certificate by ACME that its authority may not ask for",
      (c) => {
        c.access.httpFrom = ["192.0.2.0/24"];
        c.nginx.certificates = [{ name: "main", from: "acme" }];
        c.nginx.acme = { acceptTerms: true };
        const [route] = c.nginx.routes;
        c.nginx.sites = [{ names: ["www.example.org"], tls: { certificate: "main" }, routes: [route] }];
      },
      [
        "nginx-ha:cluster.access.httpFrom: must include 0.0.0.0/0 with a certificate from Let's Encrypt, which asks from many addresses (is a list of 1)",
      ],
    ],
    [
      "a shared name with nothing at /",
      (c) => {
        c.dns.spread = { by: "weight" };
        c.nginx.routes = c.nginx.routes.filter(({ path }: { path: string }) => path !== "/");
      },
      [
        "nginx-ha:cluster.nginx.routes: must have one for / with dns.spread: it is what the health checks of Route 53 ask for (is a list of 1)",
      ],
    ],
    [
      "a shared name that no site has",
      (c) => {
        c.dns.spread = { by: "weight" };
        c.nginx.sites = [{ names: ["other.example.net"], routes: c.nginx.routes }];
        delete c.nginx.routes;
      },
      [
        "nginx-ha:cluster.nginx.sites: must have one with the name www.example.org with dns.spread: it is what the health checks of Route 53 ask for (is a list of 1)",
      ],
    ],
    [
      "a shared name whose site has nothing at /",
      (c) => {
        c.dns.spread = { by: "weight" };
        const regex = { ...c.nginx.routes[0], path: "/", match: "regex" };
        c.nginx.sites = [{ names: ["*.example.org"], routes: [regex] }];
      },
      [
        "nginx-ha:cluster.nginx.sites[0].routes: must have one for / with dns.spread: it is what the health checks of Route 53 ask for (is a list of 1)",
      ],
    ],
    [
      "a shared name that everybody may ask, by default too",
      (c) => {
        c.dns.spread = { by: "latency" };
        delete c.access.httpFrom;
      },
      [],
    ],
    [
      "a name of its own for some",
      (c) => {
        c.access.httpFrom = ["192.0.2.0/24"];
      },
      [],
    ],
    [
      "a shared name for a private address",
      (c) => {
        c.production = false;
        c.vip = { mode: "secondaryPrivateIp", address: "10.77.0.9" };
        c.network = {};
        c.dns.spread = { by: "latency" };
      },
      [
        "nginx-ha:cluster.dns.spread: needs vip.mode elasticIp: the health checks of Route 53 reach no private address (is an object)",
      ],
    ],
  ])("%s", (_title, change, expected) => {
    const both = (c: Input): void => {
      careful(c);
      change(c);
    };
    expect(problems(both)).toEqual(expected);
  });
});
