import { describe, expect, it } from "vitest";
import { exampleAws, exampleInput } from "../../example";
import { made, ofType } from "./made";

describe("the security groups of a pair", () => {
  it("opens what the pair needs, and nothing else", async () => {
    const resources = await made(exampleAws());
    const rules = (type: string) =>
      ofType(resources, type).map(({ name, inputs }) => {
        const { ipProtocol, fromPort, toPort, cidrIpv4, referencedSecurityGroupId } = inputs;
        const ports = fromPort === toPort ? (fromPort ?? "-") : `${fromPort}-${toPort}`;
        return `${name.replace("edge-", "")}: ${ipProtocol} ${ports} ${cidrIpv4 ?? referencedSecurityGroupId}`;
      });
    expect(rules("SecurityGroupIngressRule").sort()).toEqual([
      "backend_pool-in-nodes-nodes: tcp 80 edge-nodes-id",
      "nodes-in-http-443-0.0.0.0/0: tcp 443 0.0.0.0/0",
      "nodes-in-http-80-0.0.0.0/0: tcp 80 0.0.0.0/0",
      "nodes-in-http-peer: tcp 80 edge-nodes-id",
      "nodes-in-ssh-192.0.2.0/24: tcp 22 192.0.2.0/24",
      "nodes-in-ssh-peer: tcp 22 edge-nodes-id",
      "nodes-in-tunnel-peer: udp 7261 edge-nodes-id",
      "nodes-in-vrrp-peer: 112 - edge-nodes-id",
    ]);
    expect(rules("SecurityGroupEgressRule").sort()).toEqual([
      "nodes-out-answers-0.0.0.0/0: tcp 0-65535 0.0.0.0/0",
      "nodes-out-backend-8080-10.20.0.21/32: tcp 8080 10.20.0.21/32",
      "nodes-out-backend-backend_pool-pool: tcp 80 edge-backend_pool-id",
      "nodes-out-http-peer: tcp 80 edge-nodes-id",
      "nodes-out-out-443-0.0.0.0/0: tcp 443 0.0.0.0/0",
      "nodes-out-out-80-0.0.0.0/0: tcp 80 0.0.0.0/0",
      "nodes-out-ssh-peer: tcp 22 edge-nodes-id",
      "nodes-out-tunnel-peer: udp 7261 edge-nodes-id",
      "nodes-out-vrrp-peer: 112 - edge-nodes-id",
    ]);
  });

  it.each<[string, Parameters<typeof exampleAws>[0]]>([
    [
      "no drain",
      (input) => {
        input.drain = { seconds: 0 };
      },
    ],
    [
      "an Elastic IP whose clients are not everybody",
      (input) => {
        input.access.httpFrom = ["192.0.2.0/24"];
      },
    ],
  ])("opens no tunnel between the nodes with %s", async (_, change) => {
    const names = (await made(exampleAws(change))).map(({ name }) => name);
    expect(names.filter((name) => /tunnel|answers/.test(name))).toEqual([]);
  });

  it("opens every port that nginx listens on, and the way to the streams' servers", async () => {
    const cluster = exampleAws((input) => {
      const { sites, certificates, acme, proxyProtocol, realIpFrom, streams } = exampleInput().nginx;
      sites[1].routes = [{ path: "/", pool: "elsewhere" }];
      sites[0].routes = [{ path: "/", pool: "elsewhere" }];
      certificates[0].from = "selfSigned";
      for (const key of ["rateLimits", "connectionLimits"]) delete sites[0][key];
      Object.assign(input.nginx, { sites, certificates, acme, proxyProtocol, realIpFrom, streams });
      input.nginx.tls = { http3: true };
    });
    const names = (await made(cluster)).map(({ name }) => name);
    for (const port of ["http-80", "http-443", "http-8080", "http-8443", "http-5432", "udp-53", "udp-443"])
      expect(names).toContain(`edge-nodes-in-${port}-0.0.0.0/0`);
    expect(names).toContain("edge-nodes-out-backend-5432-192.0.2.31/32");
    expect(names).toContain("edge-nodes-out-backend-udp-53-192.0.2.32/32");
  });
});
