import { describe, expect, it } from "vitest";
import { parseCluster } from "../../../config/parse";
import { exampleInput } from "../../example";

type Input = ReturnType<typeof exampleInput>;

/** The problems of the example's nginx after `change`, without what they all begin with. */
function problems(change: (nginx: Input["nginx"]) => unknown): string[] {
  const input = exampleInput();
  change(input.nginx);
  const parsed = parseCluster(input);
  if (!("problems" in parsed)) return [];
  return parsed.problems.map((line) => line.replace("nginx-ha:cluster.nginx.", ""));
}

const cases: [string, (nginx: Input["nginx"]) => unknown, string][] = [
  [
    "a second nameless site",
    (n) => n.sites[0].names.splice(0),
    "sites[0].names: must have a name: only one site answers for every name that no other has, and nginx.routes is it",
  ],
  [
    "a name of two sites",
    (n) => n.sites.push({ ...n.sites[0], names: ["www.example.org"] }),
    'sites[1].names[0]: must be unique, and is the same as nginx.sites[0].names[0] (is "www.example.org")',
  ],
  [
    "a name in capitals",
    (n) => {
      n.sites[0].names = ["WWW.example.org"];
    },
    'sites[0].names[0]: must be a DNS name in lower case, or one with *. before it (is "WWW.example.org")',
  ],
  [
    "nothing to serve",
    (n) => {
      delete n.routes;
      n.sites = [];
      n.streams = [];
    },
    "routes: is required, or sites, or streams",
  ],
  [
    "a certificate that is not there",
    (n) => {
      n.sites[0].tls.certificate = "other";
    },
    'sites[0].tls.certificate: must name one of nginx.certificates: main, local (is "other")',
  ],
  [
    "files without a path",
    (n) => {
      delete n.certificates[1].key;
    },
    "certificates[1].key: is required with from files: a path on both nodes",
  ],
  [
    "a path for a secret",
    (n) => {
      n.certificates[0].key = "/etc/key";
    },
    'certificates[0].key: is for from files only; leave it out (is "/etc/key")',
  ],
  [
    "a path twice",
    (n) => n.sites[0].routes.push({ path: "/", pool: "sessions" }),
    'sites[0].routes[8].path: must be unique, and is the same as nginx.sites[0].routes[0].path (is "prefix /")',
  ],
  [
    "a bad regular expression",
    (n) => {
      n.sites[0].routes[5].path = "^/(old";
    },
    'sites[0].routes[5].path: must be a regular expression without named groups (is "^/(old")',
  ],
  [
    "a named group",
    (n) => {
      n.sites[0].routes[5].path = "^/(?<host>x)";
    },
    'sites[0].routes[5].path: must be a regular expression without named groups (is "^/(?<host>x)")',
  ],
  [
    "a route without an action",
    (n) => {
      delete n.sites[0].routes[1].pool;
    },
    "sites[0].routes[1].pool: is required, or redirect, or response",
  ],
  [
    "a route with two",
    (n) => {
      n.sites[0].routes[1].response = {};
    },
    "sites[0].routes[1].response: cannot go together with pool (is an object)",
  ],
  [
    "a websocket without a pool",
    (n) => {
      n.sites[0].routes[5].websocket = true;
    },
    "sites[0].routes[5].websocket: needs pool: no backend is asked here (is true)",
  ],
  [
    "an alternative of another protocol",
    (n) => {
      n.sites[0].routes[0].alternatives[0].pool = "secure";
    },
    'sites[0].routes[0].alternatives[0].pool: must be a pool of protocol http, as backend_pool is (is "secure")',
  ],
  [
    "gRPC without TLS",
    (n) => n.routes.push({ path: "/example.Greeter/", pool: "calls" }),
    'routes[1].pool: needs a site with tls, and nginx.tls.http2: gRPC comes by HTTP/2, which clients use with TLS (is "calls")',
  ],
  [
    "a hash of nothing",
    (n) => {
      delete n.pools[1].hashKey;
    },
    "pools[1].hashKey: is required with balance hash",
  ],
  [
    "a backup of a hash",
    (n) => {
      n.pools[1].servers[1].backup = true;
    },
    "pools[1].servers[1].backup: cannot go together with balance hash, which has no backups; take roundRobin or leastConn (is true)",
  ],
  [
    "backups only",
    (n) => {
      for (const server of n.pools[0].servers) server.backup = true;
    },
    "pools[0].servers: must have one that is no backup (is a list of 2)",
  ],
  [
    "a limit that is not there",
    (n) => {
      n.sites[0].rateLimits[0].limit = "other";
    },
    'sites[0].rateLimits[0].limit: must name one of nginx.rateLimits: per-address (is "other")',
  ],
  [
    "a connection limit that is not there",
    (n) => {
      n.sites[0].connectionLimits = ["other"];
    },
    'sites[0].connectionLimits[0]: must name one of nginx.connectionLimits: at-a-time (is "other")',
  ],
  [
    "a port of two listeners",
    (n) => {
      n.streams[0].port = 8443;
    },
    "streams[0].port: must be unique, and is the same as nginx.proxyProtocol.tlsPort (is 8443)",
  ],
  [
    "a PROXY protocol of nobody",
    (n) => {
      delete n.realIpFrom;
    },
    "realIpFrom: is required with proxyProtocol: the proxies that are believed",
  ],
  [
    "two words for the address",
    (n) => {
      n.realIpHeader = "X-Real-IP";
    },
    'realIpHeader: cannot go together with proxyProtocol, which tells the address (is "X-Real-IP")',
  ],
  [
    "answers of TCP",
    (n) => {
      n.streams[0].responses = 1;
    },
    "streams[0].responses: needs protocol udp (is 1)",
  ],
  [
    "a rate without a unit",
    (n) => {
      n.rateLimits[0].rate = "10";
    },
    'rateLimits[0].rate: must be requests per second or minute, e.g. 10r/s (is "10")',
  ],
  [
    "a redirect with a variable",
    (n) => {
      n.sites[0].routes[5].redirect.to = "https://$http_host/";
    },
    'sites[0].routes[5].redirect.to: must be a URL or a path, with {host} and {uri} of the request, e.g. https://www.example.org{uri} (is "https://$http_host/")',
  ],
];

describe("what nginx serves", () => {
  it.each(cases)("is refused with %s", (_title, change, expected) => {
    expect(problems(change)).toEqual([expected]);
  });

  it("may use one port for TCP and for UDP", () => {
    expect(
      problems((n) => {
        n.streams[1].port = n.streams[0].port;
      }),
    ).toEqual([]);
  });
});
