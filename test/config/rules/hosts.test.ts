import { expect, it } from "vitest";
import { type Input, problems } from "../problems";

it.each<[string, (input: Input) => unknown, string[]]>([
  [
    "a drain that nginx would end before its time",
    (c) => {
      c.drain.seconds = 120;
    },
    [
      "nginx-ha:cluster.drain.seconds: must not be above nginx.workers.shutdownTimeout (60), after which nginx ends them; raise that one, too, or lower drain.seconds (is 120)",
    ],
  ],
  [
    "a drain by default that nginx would end before its time",
    (c) => {
      delete c.drain;
      c.nginx.workers.shutdownTimeout = 30;
    },
    [
      "nginx-ha:cluster.drain.seconds: must not be above nginx.workers.shutdownTimeout (30), after which nginx ends them; raise that one, too, or lower drain.seconds (is 60)",
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
    "the pair's own HTTP/3 as a stream's backend",
    (c) => {
      c.nginx.tls.http3 = true;
      c.nginx.streams = [
        { name: "quic", port: 7000, protocol: "udp", servers: [{ address: "192.0.2.12", port: 443 }] },
      ];
    },
    [
      "nginx-ha:cluster.nginx.streams[0].servers[0].address: must not be a node's address on a port of nginx's: nginx would send requests to itself (is \"192.0.2.12\")",
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
])("a pair of hosts is refused: %s", (_title, change, expected) => {
  expect(problems(change)).toEqual(expected);
});

it("takes a drain that is as short as nginx's own limit", () => {
  const short = (c: Input): void => {
    c.drain = { seconds: 30 };
    c.nginx.workers.shutdownTimeout = 30;
  };
  expect(problems(short)).toEqual([]);
});
