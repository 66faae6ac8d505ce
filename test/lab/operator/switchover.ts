import { describe, expect, it } from "vitest";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import { pair, peerOf } from "../pair/subject";
import { nginxHa, printed } from "./subject";

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe("switchover", () => {
  it("there and back ten times: no new connection refused", async () => {
    const gaps: number[] = [];
    for (let turn = 0; turn < 10; turn++) {
      await pair.untilHealthy();
      const from = (await pair.holder()) as "nginx-a";
      const result = await nginxHa("switchover", "--yes", "--json");
      const told = printed<SwitchoverResult>("switchover", result);
      expect(told).toMatchObject({ moved: true, from, to: peerOf(from), status: { holder: peerOf(from) } });
      expect(told.why).toBeUndefined();
      expect(told.measured).toMatchObject({ refused: 0, held: 8 });
      expect(told.measured?.cutHeld, "established connections").toBeGreaterThanOrEqual(0);
      expect(result.exitCode).toBe(0);
      gaps.push(told.measured?.gapMs ?? Number.POSITIVE_INFINITY);
    }
    // A gap is also how long a busy machine leaves the prober waiting.
    console.log(`switchover, longest gaps: ${gaps.join(", ")} ms`);
    expect(median(gaps)).toBeLessThanOrEqual(500);
  });

  it("has nothing to do when the target has the VIP", async () => {
    const holder = await pair.holder();
    const { stdout, exitCode } = await nginxHa("switchover", holder, "--yes");
    expect(stdout).toContain(`${holder} has the VIP already`);
    expect(exitCode).toBe(0);
  });

  it("takes the handover back when the peer does not become MASTER", async () => {
    const holder = (await pair.holder()) as "nginx-a";
    const standby = peerOf(holder);
    // keepalived on the standby does not hear, nor say, anything: it will not become MASTER within two seconds.
    await pair.succeed(standby, 'kill -STOP "$(cat /run/vrrp.pid)"');
    try {
      const result = await nginxHa("switchover", "--yes", "--json", "--timeout", "2");
      expect(printed<SwitchoverResult>("switchover", result)).toMatchObject({
        moved: false,
        why: `waited 2 s for ${standby} to be MASTER with the VIP`,
      });
      expect(result.exitCode).toBe(1);
      expect(await pair.succeed(holder, "cat /run/nginx-ha/track/handover")).toBe("0");
    } finally {
      await pair.succeed(standby, 'kill -CONT "$(cat /run/vrrp.pid)"');
    }
    await pair.untilHealthy();
  });

  it("two at once: the second one is refused", async () => {
    const holder = await pair.holder();
    await pair.sh(
      holder,
      "systemd-run --quiet --collect --unit=holds-lock flock /run/nginx-ha.lock sleep 60",
    );
    try {
      const { stdout, exitCode } = await nginxHa("switchover", "--yes");
      expect(stdout).toContain(`another run is changing ${holder} now; try again when it is done`);
      expect(exitCode).toBe(1);
    } finally {
      await pair.sh(holder, "systemctl stop holds-lock");
    }
    await pair.untilHealthy();
    expect(await pair.holder()).toBe(holder);
  });
});
