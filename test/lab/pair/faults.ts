import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { faults } from "../../../lab/faults/faults";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { pair, peerOf } from "./subject";

describe.each([
  "nginx-kill",
  "nginx-stop",
  "nginx-hang",
  "node-crash",
  "keepalived-kill",
  "keepalived-stop",
  "keepalived-parent-kill",
  "keepalived-child-kill",
] as const)("%s on the MASTER", (name) => {
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
      expect(judge(probes).gap).toBeLessThan(10_000);
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
