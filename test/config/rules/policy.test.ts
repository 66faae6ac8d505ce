import { expect, it } from "vitest";
import { awsProblems, type Input } from "../problems";

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
])("what would be careless: %s", (_title, change, expected) => {
  const both = (c: Input): void => {
    careful(c);
    change(c);
  };
  expect(awsProblems(both)).toEqual(expected);
});
