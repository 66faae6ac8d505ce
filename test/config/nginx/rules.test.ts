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
    'sites[2].names[0]: must be unique, and is the same as nginx.sites[0].names[0] (is "www.example.org")',
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
      for (const key of ["routes", "certificates", "acme", "proxyProtocol"]) delete n[key];
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
    'sites[0].tls.certificate: must name one of nginx.certificates: main, local, public (is "other")',
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
    "a PROXY protocol with TLS that no site has",
    (n) => {
      n.sites = [];
      n.certificates = [];
      delete n.acme;
    },
    "proxyProtocol.tlsPort: needs a site with tls: no other answers there (is 8443)",
  ],
  [
    "a PROXY protocol on no port",
    (n) => {
      n.proxyProtocol = {};
    },
    "proxyProtocol.port: is required, or tlsPort",
  ],
  [
    "two words for the address",
    (n) => {
      n.realIpHeader = "X-Real-IP";
    },
    'realIpHeader: cannot go together with proxyProtocol, which tells the address (is "X-Real-IP")',
  ],
  [
    "HTTP/3 without TLS",
    (n) => {
      for (const key of ["certificates", "acme", "proxyProtocol"]) delete n[key];
      n.sites = [];
      n.tls.http3 = true;
    },
    "tls.http3: needs a site with tls (is true)",
  ],
  [
    "HTTP/3 on a stream's port",
    (n) => {
      n.tls.http3 = true;
      n.streams[1].port = 443;
    },
    "streams[1].port: must be unique, and is the same as nginx.tls.port (is 443)",
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
    "ACME without an authority",
    (n) => {
      delete n.acme;
    },
    "acme: is required with a certificate from acme: acceptTerms, at least",
  ],
  [
    "an authority of nothing",
    (n) => {
      n.certificates[2].from = "selfSigned";
    },
    "acme: is used by nothing: no certificate is from acme (is an object)",
  ],
  [
    "terms that nobody accepted",
    (n) => {
      n.acme.acceptTerms = false;
    },
    "acme.acceptTerms: must be true: with it you accept the authority's terms of service, which it asks for (is false)",
  ],
  [
    "an authority without TLS",
    (n) => {
      n.acme.directory = "http://ca.example.org/dir";
    },
    'acme.directory: must be an https URL of an ACME directory, e.g. https://acme-v02.api.letsencrypt.org/directory (is "http://ca.example.org/dir")',
  ],
  [
    "an address that would leave its place in JSON",
    (n) => {
      n.acme.email = 'a"b@example.org';
    },
    'acme.email: must be an e-mail address of letters, digits and . _ % + - (is "a\\"b@example.org")',
  ],
  [
    "challenges on another port",
    (n) => {
      n.port = 81;
    },
    "port: must be 80 with a certificate from acme: the authority asks there (HTTP-01) (is 81)",
  ],
  [
    "a wildcard by HTTP-01",
    (n) => {
      n.sites[1].names = ["*.public.example.org"];
    },
    'sites[1].names[0]: cannot be proved by HTTP-01: a wildcard needs DNS-01; take a certificate from secret or files (is "*.public.example.org")',
  ],
  [
    "a name without a dot by ACME",
    (n) => {
      n.sites[1].names = ["localhost"];
    },
    'sites[1].names[0]: cannot be proved: no authority knows a name without a dot (is "localhost")',
  ],
  [
    "a certificate by ACME for nobody",
    (n) => {
      n.sites[1].tls.certificate = "local";
    },
    'certificates[2].from: needs a site that uses it and has names: these are what is proved (is "acme")',
  ],
  [
    "more names than an authority takes",
    (n) => {
      n.sites[1].names = Array.from({ length: 101 }, (_, index) => `n${index}.example.org`);
    },
    "certificates[2].from: must be for at most 100 names; take one more certificate (is 101)",
  ],
  [
    "a route where challenges are answered",
    (n) => n.sites[1].routes.push({ path: "/.well-known/acme-challenge/", pool: "sessions" }),
    'sites[1].routes[1].path: is where challenges of ACME are answered (is "/.well-known/acme-challenge/")',
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
