import { expect, it } from "vitest";
import { type Nginx, nginxProblems } from "../../problems";

it.each<[string, (nginx: Nginx) => unknown, string]>([
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
])("a port is refused: %s", (_title, change, expected) => {
  expect(nginxProblems(change)).toEqual([expected]);
});

it("may be one for TCP and for UDP", () => {
  expect(
    nginxProblems((n) => {
      n.streams[1].port = n.streams[0].port;
    }),
  ).toEqual([]);
});
