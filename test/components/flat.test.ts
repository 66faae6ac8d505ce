import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { AwsNginxPair, HostsNginxPair, NginxPair } from "../../components";
import { exampleAws, exampleCluster } from "../example";
import { answers } from "./aws/answers";
import { type Registered, registered } from "./mocks";

const types = (resources: Registered[]): string[] => resources.map(({ type }) => type).sort();

describe("AwsNginxPair", () => {
  it("makes what NginxPair makes of the same", async () => {
    const flat = await registered(
      () => {
        new AwsNginxPair("edge", {
          sshFrom: ["192.0.2.0/24"],
          pools: [{ name: "app", instances: 2 }],
          vipProtect: true,
        });
      },
      { call: answers },
    );
    expect(types(flat)).toContain("nginx-ha:index:AwsNginxPair");
    expect(flat.find(({ name }) => name === "edge-vip")?.protect).toBe(true);
    const cluster = exampleAws((input) => {
      input.nginx = {
        pools: [{ name: "app", instances: { count: 2 } }],
        routes: [{ path: "/", pool: "app" }],
      };
      delete input.dns;
      delete input.ssh.proxy;
    });
    const nested = await registered(() => void new NginxPair("edge", { cluster }), { call: answers });
    expect(types(flat).filter((type) => type !== "nginx-ha:index:AwsNginxPair")).toEqual(types(nested));
  });

  it("says what is wrong by the paths of a stack's configuration", () => {
    const wrong = { sshFrom: ["0.0.0.0/0"], pools: [{ name: "app" }], vipMode: "anycast" };
    expect(() => new AwsNginxPair("edge", wrong)).toThrow(
      /3 problems.*cluster.vip.mode: must be elasticIp.*cluster.nginx.pools\[0\].servers: is required, or instances.*cluster.access.sshFrom\[0\]: must not be the whole world/s,
    );
  });
});

describe("HostsNginxPair", () => {
  it("makes what NginxPair makes of the same", async () => {
    const cluster = exampleCluster();
    const { nodes, nginx, vip } = cluster;
    const sshPrivateKey = pulumi.secret("key");
    const flat = await registered(() => {
      new HostsNginxPair("edge", {
        nodes: nodes.map(({ name, address, address6, interface: device, ssh }) => ({
          name,
          address,
          address6,
          interface: device,
          hostKey: ssh.hostKey,
          sshUser: ssh.user,
        })),
        vip: vip.address,
        vip6: vip.address6,
        sshPrivateKey,
        pools: nginx.pools.map(({ name, servers }) => ({ name, servers })),
        routes: nginx.routes?.map(({ path, pool }) => ({ path, pool: pool ?? "" })),
      });
    });
    const nested = await registered(() => void new NginxPair("edge", { cluster, sshPrivateKey }));
    expect(types(flat).filter((type) => type !== "nginx-ha:index:HostsNginxPair")).toEqual(types(nested));
  });
});
