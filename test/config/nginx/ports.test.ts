import { expect, it } from "vitest";
import { listeners, tcpPorts, udpPorts } from "../../../config/nginx/ports";
import { exampleEdge } from "../../example";

it("lists what the example listens on, and the key that says so", () => {
  const { nginx } = exampleEdge((c) => {
    c.nginx.tls.http3 = true;
  });
  const shown = (protocol: "tcp" | "udp") =>
    listeners(nginx)[protocol].map(({ port, path }) => `${path.join(".")} ${port}`);
  expect(shown("tcp")).toEqual([
    "nginx.port 80",
    "nginx.tls.port 443",
    "nginx.proxyProtocol.port 8080",
    "nginx.proxyProtocol.tlsPort 8443",
    "nginx.streams.0.port 5432",
  ]);
  expect(shown("udp")).toEqual(["nginx.tls.port 443", "nginx.streams.1.port 53"]);
});

it("knows the defaults where nothing is said", () => {
  expect(listeners({})).toEqual({ tcp: [{ port: 80, path: ["nginx", "port"] }], udp: [] });
  expect(tcpPorts({ sites: [{ tls: {} }] })).toEqual([80, 443]);
});

it("has neither TLS nor HTTP/3 without a site that has a certificate", () => {
  const nginx = { tls: { port: 8443, http3: true }, sites: [{}] };
  expect([tcpPorts(nginx), udpPorts(nginx)]).toEqual([[80], []]);
});
