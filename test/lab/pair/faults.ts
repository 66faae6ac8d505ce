import { describe, expect, it } from "vitest";
import { judge, type Probe } from "../../../cli/probe/probes";
import { faults } from "../../../lab/faults/faults";
import { HOG } from "../../../lab/faults/memory-full";
import { waitFor } from "../../../lab/host/wait";
import { unplug } from "../../../lab/network/faults";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { pair, peerOf } from "./subject";

/** Milliseconds that a busy machine may take for it; `npm run bench` has the figures. */
const LIMITS = {
  "nginx-kill": 2000,
  "nginx-stop": 2000,
  "nginx-hang": 6000,
  "node-crash": 3000,
  "keepalived-kill": 3000,
  "keepalived-stop": 2000,
  "keepalived-parent-kill": 3000,
  "keepalived-child-kill": 3000,
} as const;

describe.each(
  Object.entries(LIMITS) as [keyof typeof LIMITS, number][],
)("%s on the MASTER", (name, limit) => {
  it("moves the VIP, the survivor serves, and the old node returns as BACKUP", async () => {
    await pair.untilHealthy();
    const old = await pair.holder();
    const survivor = peerOf(old);
    const { inject, undo } = faults[name];
    try {
      const probes = await probeWhile(throughVip(pair.plan), async () => {
        await inject(pair.plan, old);
        await pair.untilHeldBy(survivor);
      });
      expect(probes.at(-1)?.status, "the last request").toBe(200);
      expect(judge(probes).gap, "milliseconds without an answer").toBeLessThan(limit);
      expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
    } finally {
      await undo(pair.plan, old);
    }
    await pair.untilHealthy();
    const reports = await pair.reports();
    expect(reports[old]).toMatchObject({ VRRP: "BACKUP", ADDRESS: "-" });
    expect(reports[survivor]).toMatchObject({ VRRP: "MASTER", ADDRESS: "held" });
  });
});

describe("the MASTER's network", () => {
  it("loses its carrier: the VIP moves, and the old node returns as BACKUP", async () => {
    await pair.untilHealthy();
    const old = await pair.holder();
    const cut = await unplug(pair.plan, old);
    try {
      await pair.untilHeldBy(peerOf(old));
      expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
    } finally {
      await cut.undo();
    }
    await pair.untilHealthy();
    expect(await pair.holder()).toBe(peerOf(old));
  });

  it("loses the VIP to somebody's hand: one node has it again", async () => {
    await pair.untilHealthy();
    await pair.succeed(await pair.holder(), `ip address del ${pair.vip}/32 dev eth0`);
    await pair.untilHealthy();
    expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
  });
});

describe("the MASTER's memory", () => {
  it("is full, three times: the kernel ends who took it, and nothing of the pair", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const pids = (): Promise<string> =>
      pair.succeed(
        holder,
        "systemctl show --property MainPID --value nginx-ha-agent nginx-ha-guard nginx-ha-sync; pgrep -x 'nginx|keepalived'",
      );
    const before = await pids();
    const { inject, undo } = faults["memory-full"];
    const ended = async (): Promise<boolean> =>
      (await pair.sh(holder, `systemctl show --property ExecMainStatus --value ${HOG}`)).stdout === "9\n";
    let probes: Probe[] = [];
    try {
      probes = await probeWhile(
        throughVip(pair.plan),
        async () => {
          for (let time = 0; time < 3; time++) {
            await inject(pair.plan, holder);
            await waitFor("the kernel's OOM killer to end it", 60_000, ended, 200);
          }
        },
        { intervalMs: 20, limitS: 240 },
      );
    } finally {
      await undo(pair.plan, holder);
    }
    // The kernel holds up all who want memory until it has ended one: that nginx stands still, and the VIP moves for it, is no error.
    expect(judge(probes).gap, "milliseconds without an answer").toBeLessThan(LIMITS["nginx-hang"]);
    await pair.untilHealthy();
    expect(await pids()).toBe(before);
  });
});
