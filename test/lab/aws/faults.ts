import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { waitFor } from "../../../lab/host/wait";
import { ask } from "../../../lab/probe/ask";
import { probeWhile } from "../../../lab/probe/probe";
import type { Calls } from "./api-faults";
import { type AwsSubject, peerOf } from "./subject";

/** What a VIP mode calls its holder, and how somebody with every right gives the VIP to another interface. */
export interface Place extends Calls {
  /** What the VIP leads to, as the Region's model says; another value after each move. */
  target(): Promise<string>;
  steal(networkInterfaceId: string): Promise<unknown>;
}

/** A pair of the Region gets over all of this, whatever moves its VIP. */
export function failsOver(pair: AwsSubject, { look, move, target, steal }: Place): void {
  describe("failover on the Region", () => {
    it("nginx killed: the nodes move the VIP, and Pulumi does not want it back", async () => {
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
        expect(await ask(pair.throughVip())).toContain('"backend"');
      } finally {
        await pair.power("restore", before);
      }
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(peerOf(before));
    });

    it("a stolen address comes back by itself", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      const { subnetId: SubnetId = "" } = await pair.interfaceOf(holder);
      const { networkInterface } = await pair.ec2("CreateNetworkInterface", { SubnetId });
      // The Region's model may have been the thief's for less than a look at it takes.
      const takes = async (): Promise<number> =>
        (await pair.succeed(holder, "journalctl -u nginx-ha-agent -o cat")).split("took the VIP").length;
      const before = await takes();
      await steal(networkInterface.networkInterfaceId);
      await waitFor("the holder to take it back", 20_000, async () => (await takes()) > before, 100);
      await pair.untilHeldBy(holder);
      await pair.ec2("DeleteNetworkInterface", { NetworkInterfaceId: networkInterface.networkInterfaceId });
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
        await waitFor("the agent's answer", 10_000, () => pair.agent(standby).catch(() => undefined), 200);
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
      await pair.faults({ throttled: [look, move] });
      try {
        const alarmed = async () => (await pair.agent(holder)).alarms.some(({ kind }) => kind === "api");
        await waitFor("the alarm", 20_000, alarmed, 200);
        expect(await ask(pair.throughVip())).toContain('"backend"');
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

    it("a clock that is an hour off: the agent says so, and claims by EC2's time", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      const next = peerOf(holder);
      const dropIn = "/run/systemd/system/nginx-ha-agent.service.d/clock.conf";
      const restart = "systemctl daemon-reload; systemctl restart nginx-ha-agent";
      const apt = "DEBIAN_FRONTEND=noninteractive apt-get -qy";
      try {
        await pair.succeed(next, `${apt} install libfaketime >/dev/null`);
        const library = await pair.succeed(next, "dpkg -L libfaketime | grep '/libfaketime[.]so[.]1$'");
        const ahead = [
          "[Service]",
          `Environment=LD_PRELOAD=${library} FAKETIME=+1h FAKETIME_DONT_FAKE_MONOTONIC=1`,
        ].join("\\n");
        await pair.succeed(
          next,
          `mkdir -p $(dirname ${dropIn}); printf '${ahead}\\n' >${dropIn}; ${restart}`,
        );
        const alarmed = async () =>
          (await pair.agent(next).catch(() => undefined))?.alarms.some(
            ({ kind, reason }) => kind === "clock" && /^the clock is off by 3[56]\d\d s/.test(reason),
          );
        await waitFor("the alarm", 30_000, alarmed, 200);
        await pair.succeed(holder, "pkill -KILL nginx");
        await pair.untilHeldBy(next);
        await pair.untilAnswered();
      } finally {
        await pair.succeed(next, `rm -f ${dropIn}; ${restart}`);
        await pair.succeed(next, `${apt} purge libfaketime >/dev/null`);
      }
      await pair.untilHealthy();
    });

    it("two MASTERs that both reach the API do not steal from each other for ever; one is left when they hear each other", async () => {
      await pair.untilHealthy();
      const block =
        "nft -f - <<< 'table inet test_split { chain in { type filter hook input priority -20; meta l4proto 112 drop; }; }'";
      const moves: string[] = [];
      const watch = async () => {
        const now = await target();
        if (now !== moves.at(-1)) moves.push(now);
      };
      await watch();
      try {
        for (const node of ["nginx-a", "nginx-b"]) await pair.succeed(node, block);
        const both = async () => {
          await watch();
          const reports = await Promise.all(["nginx-a", "nginx-b"].map((node) => pair.agent(node)));
          return reports.every(({ vrrp }) => vrrp.state === "MASTER");
        };
        await waitFor("two MASTERs", 20_000, both, 100);
        const split = async () => {
          await watch();
          return (await pair.agent("nginx-b")).alarms.some(({ kind }) => kind === "split");
        };
        const start = performance.now();
        await waitFor("the alarm of the junior", 20_000, split, 100);
        await waitFor("a minute to pass", 70_000, async () => {
          await watch();
          return performance.now() - start > 60_000;
        });
      } finally {
        for (const node of ["nginx-a", "nginx-b"])
          await pair.succeed(node, "nft delete table inet test_split || true");
      }
      await pair.untilHealthy();
      await watch();
      expect(await pair.holder()).toBe("nginx-a");
      expect(moves.length - 1, "moves").toBeLessThanOrEqual(6);
    });
  });
}
