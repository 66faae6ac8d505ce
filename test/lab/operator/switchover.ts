import { describe, expect, it } from "vitest";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import { waitFor } from "../../../lab/host/wait";
import type { NodeName } from "../../../lab/pair/machines";
import { pair, peerOf } from "../pair/subject";
import { begin, nginxHa, printed } from "./subject";

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe("switchover", () => {
  it("there and back ten times: no new connection refused, established ones kept", async () => {
    const gaps: number[] = [];
    let cut = 0;
    for (let turn = 0; turn < 10; turn++) {
      await pair.untilHealthy();
      const from = (await pair.holder()) as "nginx-a";
      const result = await nginxHa("switchover", "--yes", "--json");
      const told = printed<SwitchoverResult>("switchover", result);
      expect(told).toMatchObject({ moved: true, from, to: peerOf(from), status: { holder: peerOf(from) } });
      expect(told.why).toBeUndefined();
      expect(told.measured).toMatchObject({ refused: 0, held: 8 });
      cut += told.measured?.cutHeld ?? 0;
      expect(result.exitCode).toBe(0);
      gaps.push(told.measured?.gapMs ?? Number.POSITIVE_INFINITY);
    }
    // A request on a connection that the old nginx closes as idle at this very moment meets nobody, as at any reload.
    expect(cut, "of 80 established connections").toBeLessThanOrEqual(4);
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

  const handover = (holder: NodeName): Promise<string> =>
    pair.succeed(holder, "cat /run/nginx-ha/track/handover");
  const armed = async (holder: NodeName): Promise<boolean> =>
    (await pair.sh(holder, "systemctl is-active nginx-ha-handover-end.timer")).stdout.trim() === "active";

  /** Ends a switchover, whose standby does not become MASTER, in the middle. */
  async function midway(
    limitS: number,
    end: (at: ReturnType<typeof begin> & { holder: NodeName }) => Promise<unknown>,
  ): Promise<void> {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const standby = peerOf(holder);
    await pair.succeed(standby, 'kill -STOP "$(cat /run/vrrp.pid)"');
    try {
      const start = () => begin("switchover", "--yes", "--timeout", `${limitS}`);
      let begun = start();
      let refusals = 0;
      const there = async (): Promise<boolean> => {
        if (begun.child.exitCode !== null) {
          const said = await begun.ended;
          // A look at a node that is busy for a moment may have it refused; not again and again.
          expect(++refusals, `refused: ${said.stdout}${said.stderr}`).toBeLessThan(3);
          begun = start();
        }
        return (await handover(holder)) === "1";
      };
      try {
        await waitFor("the handover", 120_000, there, 50);
        expect(await armed(holder)).toBe(true);
        await end({ ...begun, holder });
      } finally {
        begun.child.kill("SIGKILL");
        await begun.ended;
      }
      await waitFor("the end of the handover", 30_000, async () => (await handover(holder)) === "0", 50);
      await waitFor("the timer's end", 10_000, async () => !(await armed(holder)), 100);
    } finally {
      await pair.succeed(standby, 'kill -CONT "$(cat /run/vrrp.pid)"');
    }
    await pair.untilHealthy();
  }

  it("Ctrl-C takes the handover back, and says so", () =>
    midway(60, async ({ child, ended }) => {
      child.kill("SIGINT");
      const { exitCode, stdout } = await ended;
      expect(stdout).toContain("The VIP did not move: it was interrupted.");
      expect(exitCode).toBe(1);
    }));

  it("one that is killed ends with its connection", () =>
    midway(60, async ({ child, ended }) => {
      child.kill("SIGKILL");
      expect(await ended).toMatchObject({ exitCode: null });
    }));

  it("one that is killed with its shell on the node is ended by the node's own timer", () =>
    midway(4, async ({ child, ended, holder }) => {
      // Before it notices that its shell is gone.
      child.kill("SIGSTOP");
      await pair.succeed(holder, "pkill -KILL -f '[n]ginx-ha-handover-end'");
      child.kill("SIGKILL");
      await ended;
      expect([await handover(holder), await armed(holder)]).toEqual(["1", true]);
    }));

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
