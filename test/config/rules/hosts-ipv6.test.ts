import { expect, it } from "vitest";
import { type Input, problems } from "../problems";

it.each<[string, (input: Input) => unknown, string[]]>([
  [
    "a node without an IPv6 address where the VIP has one, and one that is no address of a network",
    (c) => {
      delete c.nodes[0].address6;
      c.nodes[1].address6 = "fe80::1";
    },
    [
      "nginx-ha:cluster.nodes[0].address6: must be there where the VIP has an IPv6 address; name the node's own",
      'nginx-ha:cluster.nodes[1].address6: must be an address that other networks know; name that one of the node\'s (is "fe80::1")',
    ],
  ],
  [
    "an IPv6 address of a node without one of the VIP",
    (c) => {
      delete c.vip.address6;
      delete c.nodes[0].address6;
    },
    [
      'nginx-ha:cluster.nodes[1].address6: is of use with vip.address6 only; set that, or leave this out (is "2001:db8::12")',
    ],
  ],
  [
    "an IPv6 VIP that is a node's address, however it is written, and outside of the other's subnet",
    (c) => {
      c.vip.address6 = "2001:0DB8:0::11/64";
      c.nodes[1].address6 = "2001:db8:1::12";
    },
    [
      'nginx-ha:cluster.vip.address6: must differ from every node\'s address, and is that of nginx-a; choose a free one (is "2001:0DB8:0::11/64")',
      'nginx-ha:cluster.vip.address6: must lie in the nodes\' subnet, and nginx-b (2001:db8:1::12) is outside of it; correct the address or its prefix length (is "2001:0DB8:0::11/64")',
    ],
  ],
  [
    "an IPv6 VIP that is the subnet's own address",
    (c) => {
      c.vip.address6 = "2001:db8::/64";
    },
    [
      "nginx-ha:cluster.vip.address6: must not be the subnet's own address, which is every router's; choose a free one (is \"2001:db8::/64\")",
    ],
  ],
  [
    "an IPv4 address in the form of an IPv6 one",
    (c) => {
      c.vip.address6 = "::ffff:192.0.2.100/120";
    },
    [
      'nginx-ha:cluster.vip.address6: must be an address that other networks know; choose a global or a unique local one (is "::ffff:192.0.2.100/120")',
    ],
  ],
  [
    "one IPv6 address for both nodes, written in two ways",
    (c) => {
      c.nodes[1].address6 = "2001:DB8:0::11";
    },
    [
      'nginx-ha:cluster.nodes[1].address6: must be unique, and is the same as nodes[0].address6 (is "2001:db8::11")',
    ],
  ],
  [
    "the VIP and a node by IPv6 as backends, however they are written",
    (c) => {
      c.nginx.pools[0].servers = [
        { address: "2001:DB8:0::100", port: 8080 },
        { address: "2001:db8:0::12", port: 80 },
      ];
    },
    [
      'nginx-ha:cluster.nginx.pools[0].servers[0].address: must not be the VIP: nginx would send requests to itself (is "2001:DB8:0::100")',
      "nginx-ha:cluster.nginx.pools[0].servers[1].address: must not be a node's address on a port of nginx's: nginx would send requests to itself (is \"2001:db8:0::12\")",
    ],
  ],
  [
    "an IPv6 VIP on the link only",
    (c) => {
      c.vip.address6 = "fe80::100/64";
      c.nodes[0].address6 = "2001:db8::11/64";
    },
    [
      'nginx-ha:cluster.nodes[0].address6: must be an IPv6 address, e.g. 2001:db8::11 (is "2001:db8::11/64")',
      'nginx-ha:cluster.vip.address6: must be an address that other networks know; choose a global or a unique local one (is "fe80::100/64")',
    ],
  ],
])("a pair of hosts is refused: %s", (_title, change, expected) => {
  expect(problems(change)).toEqual(expected);
});

it("takes unique local addresses", () => {
  const local = (c: Input): void => {
    c.vip.address6 = "fd12:3456::ff/64";
    c.nodes[0].address6 = "fd12:3456::1";
    c.nodes[1].address6 = "fd12:3456::2";
  };
  expect(problems(local)).toEqual([]);
});
