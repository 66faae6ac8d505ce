import { expect, it } from "vitest";
import { awsProblems, type Input } from "../problems";

const careful = (c: Input): void => {
  c.production = true;
  c.vip = { mode: "elasticIp", protect: true };
};

it.each<[string, (input: Input) => unknown, string[]]>([
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
])("who asks for a name: %s", (_title, change, expected) => {
  const both = (c: Input): void => {
    careful(c);
    change(c);
  };
  expect(awsProblems(both)).toEqual(expected);
});

const production = "https://acme-v02.api.letsencrypt.org/directory";
const staging = "https://acme-staging-v02.api.letsencrypt.org/directory";
const own = "https://ca.example.org:14000/dir";
const open =
  "nginx-ha:cluster.access.httpFrom: must include 0.0.0.0/0 with a certificate from Let's Encrypt, which asks from many addresses (is a list of 1)";
const reached = (directory: string): string =>
  `nginx-ha:cluster.nginx.acme.directory: needs vip.mode elasticIp: Let's Encrypt reaches no private address; take another authority (is "${directory}")`;

const byAcme =
  (directory?: string) =>
  (c: Input): void => {
    c.nginx.certificates = [{ name: "main", from: "acme" }];
    c.nginx.acme = { acceptTerms: true, ...(directory && { directory }) };
    const [route] = c.nginx.routes;
    c.nginx.sites = [{ names: ["www.example.org"], tls: { certificate: "main" }, routes: [route] }];
  };

it.each([
  ["by default", undefined, production],
  ["written out", production, production],
  ["for tests", staging, staging],
])("Let's Encrypt, %s, must be able to ask for the names", (_title, directory, named) => {
  const narrow = (c: Input): void => {
    byAcme(directory)(c);
    c.access.httpFrom = ["192.0.2.0/24"];
  };
  expect(awsProblems(narrow)).toEqual([open]);
  const inside = (c: Input): void => {
    byAcme(directory)(c);
    c.production = false;
    delete c.access.httpFrom;
    c.network = {};
    c.vip = { mode: "secondaryPrivateIp", address: "10.77.0.9" };
  };
  expect(awsProblems(inside)).toEqual([reached(named)]);
  expect(awsProblems(byAcme(directory))).toEqual([]);
});

it.each([
  own,
  "https://letsencrypt.org.example.net/dir",
  "https://notletsencrypt.org/dir",
])("another authority may be wherever the VIP is: %s", (directory) => {
  const inside = (c: Input): void => {
    byAcme(directory)(c);
    c.production = false;
    c.access.httpFrom = ["192.0.2.0/24"];
    c.network = {};
    c.vip = { mode: "secondaryPrivateIp", address: "10.77.0.9" };
  };
  expect(awsProblems(inside)).toEqual([]);
});
