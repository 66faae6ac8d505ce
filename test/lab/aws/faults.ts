import { describe, expect, it } from "vitest";
import { judge } from "../../../lab/probe/history";
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
});
