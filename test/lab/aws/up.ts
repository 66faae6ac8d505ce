import { describe, expect, it } from "vitest";
import { survivesItsNetwork } from "./network";
import { pair } from "./pair";

describe("pulumi up on the Region", () => {
  it("makes a healthy pair in two zones, the first node MASTER with the VIP", async () => {
    await pair.mustUp();
    await pair.untilHealthy();
    expect(await pair.holder()).toBe("nginx-a");
    expect(await pair.outputs()).toEqual({
      inventory: "[secret]",
      vip: pair.vip,
      url: `http://${pair.vip}/`,
      nodes: [
        { name: "nginx-a", address: (await pair.instance("nginx-a")).privateIp, zone: "lab-1a" },
        { name: "nginx-b", address: (await pair.instance("nginx-b")).privateIp, zone: "lab-1b" },
      ],
    });
  });

  it("answers on the Internet's side from both backends, with the client's address", async () => {
    const answers = [];
    for (let count = 0; count < 6; count++) answers.push(JSON.parse(await pair.curl()));
    expect(new Set(answers.map(({ backend }) => backend)).size).toBe(2);
    const { host, realIp, forwardedFor, forwardedProto } = answers[0];
    const client = pair.plan.clientAddress;
    expect({ host, realIp, forwardedFor, forwardedProto }).toEqual({
      host: pair.vip,
      realIp: client,
      forwardedFor: client,
      forwardedProto: "http",
    });
  });

  it("changes nothing the second time", async () => {
    expect(await pair.mustUp("--expect-no-changes")).toMatch(/unchanged/);
    await pair.mustBeUnchanged();
  });

  it("shows the outside nothing but the VIP's ports, and the backends to the nodes only", async () => {
    const backend = await pair.instance("backend_pool-1");
    const to = `http://${backend.privateIp}/`;
    const ports = [22, 81, 8080].map((port) => pair.curl(`http://${pair.vip}:${port}/`));
    const others = [pair.curl(to), pair.curl(to, "backend_pool-2")];
    for (const refused of await Promise.all([...ports, ...others]))
      expect(refused).toMatch(/timed out|failed to connect/i);
    expect(await pair.curl(to, "nginx-b")).toContain('"backend"');
  });

  it("gives every machine tokens only, one hop, an encrypted disk, and no public address of a backend's own", async () => {
    const { instances, interfaces, addresses } = await pair.model();
    for (const one of Object.values(instances)) {
      expect(one.metadata).toMatchObject({ tokens: "required", hopLimit: 1, endpoint: "enabled" });
      expect(one.rootVolume.encrypted).toBe(true);
    }
    expect(Object.values(interfaces).filter(({ automaticPublicIp }) => automaticPublicIp)).toEqual([]);
    expect(Object.values(addresses)).toHaveLength(3);
  });

  it("survives a restart of the machine's network and a renewed lease, addresses of keepalived included", () =>
    survivesItsNetwork(pair));
});
