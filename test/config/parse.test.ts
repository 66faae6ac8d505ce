import { describe, expect, it } from "vitest";
import { parseCluster } from "../../config/parse";
import { exampleEdge } from "../example";
import { type Input, problems } from "./problems";

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
      "a VIP without its prefix length",
      (c) => {
        c.vip.address = "192.0.2.100";
      },
      [
        'nginx-ha:cluster.vip.address: must be an IPv4 address with its prefix length, e.g. 192.0.2.100/24 (is "192.0.2.100")',
      ],
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
