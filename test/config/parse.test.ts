import { describe, expect, it } from "vitest";
import { parseCluster } from "../../config/parse";
import { exampleEdge, exampleInput } from "../example";

type Input = ReturnType<typeof exampleInput>;

/** The problems of the example after `change`. */
function problems(change: (input: Input) => unknown): string[] {
  const input = exampleInput();
  change(input);
  const parsed = parseCluster(input);
  return "problems" in parsed ? parsed.problems : [];
}

describe("parseCluster", () => {
  it("takes the annotated example, which names every key", () => {
    const cluster = exampleEdge();
    expect(cluster.nodes.map((node) => node.name)).toEqual(["nginx-a", "nginx-b"]);
    expect(cluster.nginx.pools[0]?.servers?.[1]).toEqual({
      address: "192.0.2.22",
      port: 80,
      weight: 1,
      backup: false,
      down: false,
      maxConns: 0,
    });
  });

  it.each<[string, (input: Input) => unknown, string[]]>([
    [
      "an unknown key",
      (c) => {
        c.vipp = 1;
      },
      ['nginx-ha:cluster: has no key "vipp"; every key is in Pulumi.example.yaml'],
    ],
    [
      "an unknown key inside",
      (c) => {
        c.nodes[0].ssh.privateKey = "secret-value";
      },
      ['nginx-ha:cluster.nodes[0].ssh: has no key "privateKey"; every key is in Pulumi.example.yaml'],
    ],
    [
      "a missing key",
      (c) => {
        delete c.vip;
      },
      ["nginx-ha:cluster.vip: is required; every key is in Pulumi.example.yaml"],
    ],
    [
      "a wrong type",
      (c) => {
        c.nginx.port = "80";
      },
      ['nginx-ha:cluster.nginx.port: must be a number (is "80")'],
    ],
    [
      "a port out of range",
      (c) => {
        c.nginx.port = 70000;
      },
      ["nginx-ha:cluster.nginx.port: must be 1 to 65535 (is 70000)"],
    ],
    [
      "a drain that nginx would end before its time",
      (c) => {
        c.drain.seconds = 120;
      },
      [
        "nginx-ha:cluster.drain.seconds: must not be above nginx.workers.shutdownTimeout (60), after which nginx ends them; raise that one, too (is 120)",
      ],
    ],
    [
      "another platform",
      (c) => {
        c.platform = "azure";
      },
      ['nginx-ha:cluster.platform: must be hosts or aws (is "azure")'],
    ],
    [
      "one node only",
      (c) => {
        c.nodes.pop();
      },
      [
        "nginx-ha:cluster.nodes: must be exactly two nodes: the first gets priority 254, the second 253 (is a list of 1)",
      ],
    ],
    [
      "a duplicate address",
      (c) => {
        c.nodes[1].address = c.nodes[0].address;
      },
      [
        'nginx-ha:cluster.nodes[1].address: must be unique, and is the same as nodes[0].address (is "192.0.2.11")',
      ],
    ],
    [
      "a VIP that is a node's address",
      (c) => {
        c.vip.address = "192.0.2.12/24";
      },
      [
        'nginx-ha:cluster.vip.address: must differ from every node\'s address, and is that of nginx-b; choose a free one (is "192.0.2.12/24")',
      ],
    ],
    [
      "a VIP outside the nodes' subnet",
      (c) => {
        c.vip.address = "198.51.100.1/24";
        c.nodes[1].address = "198.51.100.12";
      },
      [
        'nginx-ha:cluster.vip.address: must lie in the nodes\' subnet, and nginx-a (192.0.2.11) is outside 198.51.100.0/24; correct the address or its prefix length (is "198.51.100.1/24")',
      ],
    ],
    [
      "a VIP that is the broadcast address",
      (c) => {
        c.vip.address = "192.0.2.255/24";
      },
      [
        'nginx-ha:cluster.vip.address: must not be the network or broadcast address of 192.0.2.0/24; choose a free one (is "192.0.2.255/24")',
      ],
    ],
    [
      "a VIP without its prefix length",
      (c) => {
        c.vip.address = "192.0.2.100";
      },
      [
        'nginx-ha:cluster.vip.address: must be an IPv4 address with its prefix length, e.g. 192.0.2.100/24 (is "192.0.2.100")',
      ],
    ],
    [
      "the VIP as a backend",
      (c) => {
        c.nginx.pools[0].servers[0].address = "192.0.2.100";
      },
      [
        'nginx-ha:cluster.nginx.pools[0].servers[0].address: must not be the VIP: nginx would send requests to itself (is "192.0.2.100")',
      ],
    ],
    [
      "a node as its own backend",
      (c) => {
        c.nginx.pools[0].servers[0].address = "192.0.2.12";
      },
      [
        "nginx-ha:cluster.nginx.pools[0].servers[0].address: must not be a node's address on a port of nginx's: nginx would send requests to itself (is \"192.0.2.12\")",
      ],
    ],
    [
      "a stream, and a port of the PROXY protocol, as a pool's backend",
      (c) => {
        c.nginx.streams = [
          { name: "raw", port: 7000, servers: [{ address: "192.0.2.31", port: 7000 }] },
          { name: "names", port: 7001, protocol: "udp", servers: [{ address: "192.0.2.12", port: 7000 }] },
        ];
        c.nginx.realIpFrom = ["192.0.2.0/28"];
        c.nginx.proxyProtocol = { port: 8080 };
        c.nginx.pools[0].servers = [
          { address: "192.0.2.12", port: 7000 },
          { address: "192.0.2.11", port: 8080 },
          { address: "192.0.2.11", port: 7001 },
          { address: "192.0.2.11", port: 444 },
        ];
      },
      ["192.0.2.12", "192.0.2.11"].map(
        (address, index) =>
          `nginx-ha:cluster.nginx.pools[0].servers[${index}].address: must not be a node's address on a port of nginx's: nginx would send requests to itself (is "${address}")`,
      ),
    ],
    [
      "a stream as its own backend",
      (c) => {
        c.nginx.streams = [
          { name: "raw", port: 7000, servers: [{ address: "192.0.2.11", port: 80 }] },
          { name: "names", port: 7001, protocol: "udp", servers: [{ address: "192.0.2.12", port: 7001 }] },
        ];
      },
      [
        ["0", "192.0.2.11"],
        ["1", "192.0.2.12"],
      ].map(
        ([index, address]) =>
          `nginx-ha:cluster.nginx.streams[${index}].servers[0].address: must not be a node's address on a port of nginx's: nginx would send requests to itself (is "${address}")`,
      ),
    ],
    [
      "a route to no pool",
      (c) => {
        c.nginx.routes[0].pool = "nowhere";
      },
      [
        'nginx-ha:cluster.nginx.routes[0].pool: must name one of nginx.pools: backend_pool, sessions, secure, calls (is "nowhere")',
      ],
    ],
    [
      "a path that would break out of its location",
      (c) => {
        c.nginx.routes[0].path = "/ { } location /x";
      },
      [
        'nginx-ha:cluster.nginx.routes[0].path: must be a URL path that starts with /, without spaces, ; { } or quotes (is "/ { } location /x")',
      ],
    ],
    [
      "a machine that was cloned with its host key",
      (c) => {
        c.nodes[1].ssh.hostKey = `${c.nodes[0].ssh.hostKey} clone`;
      },
      [
        'nginx-ha:cluster.nodes[1].ssh.hostKey: must be unique, and is the same as nodes[0].ssh.hostKey (is "AAAAC3NzaC1lZDI1NTE5AAAAIPW0T5oDGMe7Z3pBkKDMJqFh6hvsB2gGZsuxtQ5fQo9G")',
      ],
    ],
  ])("refuses %s", (_title, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  it("tells all problems at once, rules across keys included", () => {
    const paths = problems((c) => {
      c.typo = true;
      c.nodes[1].address = c.nodes[0].address;
      c.nginx.routes[0].pool = "nowhere";
      c.keepalived.profile = "fast";
    }).map((line) => line.split(":").slice(0, 2).join(":"));
    expect(paths.sort()).toEqual([
      "nginx-ha:cluster",
      "nginx-ha:cluster.keepalived.profile",
      "nginx-ha:cluster.nginx.routes[0].pool",
      "nginx-ha:cluster.nodes[1].address",
    ]);
  });

  it("never shows a value that may be a key", () => {
    const text = problems((c) => {
      c.nodes[0].ssh.hostKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0";
      c.nodes[1].ssh.hostKey = "x".repeat(400);
      c.name = { password: "c2VjcmV0" };
    }).join("\n");
    expect(text).toContain("nodes[0].ssh.hostKey: must be an ed25519 key");
    expect(text).not.toContain("c2VjcmV0");
    expect(text).not.toContain("x".repeat(100));
  });

  it.each([undefined, null, 3, "text", []])("refuses %j as a whole", (input) => {
    const parsed = parseCluster(input);
    expect("problems" in parsed && parsed.problems).toHaveLength(1);
  });
});
