import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import type { Address } from "../../../lab/ec2/model/state";
import { waitFor } from "../../../lab/host/wait";
import { probeWhile } from "../../../lab/probe/probe";
import { pair } from "./pair";
import { peerOf } from "./subject";

describe("failover on the Region", () => {
  it("nginx killed: the nodes move the Elastic IP, and Pulumi does not want it back", async () => {
    await pair.untilHealthy();
    const before = await pair.holder();
    const probes = await probeWhile(
      pair.throughVip(),
      async () => {
        await pair.succeed(before, "pkill -KILL nginx");
        await pair.untilHeldBy(peerOf(before));
      },
      { intervalMs: 10 },
    );
    const { gap } = judge(probes);
    expect(probes.at(-1)?.status).toBe(200);
    expect(gap, `nobody answered for ${gap} ms`).toBeLessThan(10_000);
    await pair.untilHealthy();
    await pair.mustBeUnchanged();
    expect(await pair.holder()).toBe(peerOf(before));
  });

  it("power cut: the other node takes the VIP; the machine that comes back stays standby", async () => {
    await pair.untilHealthy();
    const before = await pair.holder();
    await pair.power("cut", before);
    try {
      await pair.untilHeldBy(peerOf(before));
      expect(JSON.parse(await pair.curl())).toHaveProperty("backend");
    } finally {
      await pair.power("restore", before);
    }
    await pair.untilHealthy();
    expect(await pair.holder()).toBe(peerOf(before));
  });

  it("a stolen address comes back by itself", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const { subnets } = await pair.model();
    const [SubnetId = ""] = Object.keys(subnets);
    const { networkInterface } = await pair.ec2("CreateNetworkInterface", { SubnetId });
    const NetworkInterfaceId = networkInterface.networkInterfaceId;
    const { id: AllocationId = "" } = await vipAddress();
    await pair.ec2("AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: true });
    const stolen = async () => (await vipAddress()).association?.networkInterfaceId === NetworkInterfaceId;
    await waitFor("the theft to be written down", 5000, stolen, 20);
    await waitFor("the address to leave the thief", 20_000, async () => !(await stolen()), 100);
    await pair.untilHeldBy(holder);
    await pair.ec2("DeleteNetworkInterface", { NetworkInterfaceId });
    await pair.untilAnswered();
  });

  it("without keepalived's FIFO the VIP moves all the same", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const standby = peerOf(holder);
    const restart = (before: string) =>
      pair.succeed(standby, `systemctl stop nginx-ha-agent; ${before}; systemctl start nginx-ha-agent`);
    await restart("rm /run/nginx-ha/vrrp.fifo");
    try {
      await waitFor(
        "the agent's answer",
        10_000,
        async () => (await pair.status()) && pair.agent(standby),
        200,
      );
      await pair.succeed(holder, "pkill -KILL nginx");
      await pair.untilHeldBy(standby);
      await pair.untilAnswered();
      expect((await pair.agent(standby)).vrrp.state).toBe("MASTER");
    } finally {
      await restart(
        "systemd-tmpfiles --create /etc/tmpfiles.d/nginx-ha-agent.conf; systemctl restart keepalived",
      );
    }
    await pair.untilHealthy();
  });

  it("an API that is down takes nothing from a healthy holder: it says so, and serves", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    await pair.faults({ throttled: ["DescribeAddresses", "AssociateAddress"] });
    try {
      const alarmed = async () => (await pair.agent(holder)).alarms.some(({ kind }) => kind === "api");
      await waitFor("the alarm", 20_000, alarmed, 200);
      expect(JSON.parse(await pair.curl())).toHaveProperty("backend");
      expect((await pair.agent(holder)).vip).toMatchObject({ held: true, owner: "mine" });
    } finally {
      await pair.faults();
    }
    const calm = async () => (await pair.agent(holder)).alarms.length === 0;
    await waitFor("the end of the alarm", 20_000, calm, 200);
    expect(await pair.holder()).toBe(holder);
  });

  it("a call that is denied: the agent says so, and takes the VIP when it may", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const next = peerOf(holder);
    const { roles } = await pair.model();
    const { name: RoleName = "", policies = {} } =
      Object.values(roles).find(({ name }) => name.includes(next)) ?? {};
    const [[PolicyName, PolicyDocument] = ["", ""]] = Object.entries(policies);
    await pair.operate((aws) => aws.iam("DeleteRolePolicy", { RoleName, PolicyName }));
    try {
      await pair.succeed(holder, "pkill -KILL nginx");
      const denied = async () =>
        (await pair.agent(next)).alarms.some(({ reason }) => reason.startsWith("UnauthorizedOperation: "));
      await waitFor("the alarm", 20_000, denied, 200);
      expect(await pair.succeed(next, "journalctl -u nginx-ha-agent -o cat -n 50")).toMatch(
        /alarm kind=api reason="UnauthorizedOperation: /,
      );
    } finally {
      await pair.operate((aws) => aws.iam("PutRolePolicy", { RoleName, PolicyName, PolicyDocument }));
    }
    await pair.untilAnswered();
    await pair.untilHealthy();
    await pair.mustBeUnchanged();
  });

  it("two MASTERs that both reach the API do not steal from each other for ever; one is left when they hear each other", async () => {
    await pair.untilHealthy();
    const block =
      "nft -f - <<< 'table inet test_split { chain in { type filter hook input priority -20; meta l4proto 112 drop; }; }'";
    const associations = new Set<string>();
    const look = async () => associations.add((await vipAddress()).association?.id ?? "none");
    await look();
    try {
      for (const node of ["nginx-a", "nginx-b"]) await pair.succeed(node, block);
      const both = async () => {
        await look();
        const reports = await Promise.all(["nginx-a", "nginx-b"].map((node) => pair.agent(node)));
        return reports.every(({ vrrp }) => vrrp.state === "MASTER");
      };
      await waitFor("two MASTERs", 20_000, both, 100);
      const split = async () => {
        await look();
        return (await pair.agent("nginx-b")).alarms.some(({ kind }) => kind === "split");
      };
      await waitFor("the alarm of the junior", 20_000, split, 100);
    } finally {
      for (const node of ["nginx-a", "nginx-b"])
        await pair.succeed(node, "nft delete table inet test_split || true");
    }
    await pair.untilHealthy();
    await look();
    expect(await pair.holder()).toBe("nginx-a");
    expect(associations.size - 1, "moves").toBeLessThanOrEqual(6);
  });
});

async function vipAddress(): Promise<Partial<Address>> {
  const { addresses } = await pair.model();
  return Object.values(addresses).find(({ publicIp }) => publicIp === pair.vip) ?? {};
}
