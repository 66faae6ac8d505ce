import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Report } from "../../agent/status/report";
import { scripts } from "../../lab/faults/scripts";
import { run } from "../../lab/host/run";
import { waitFor } from "../../lab/host/wait";
import { ask } from "../../lab/probe/ask";
import { probeWhile, type Target } from "../../lab/probe/probe";

/** A pair on whatever platform, as far as these tests need it. */
export interface Endured {
  succeed(machine: string, script: string): Promise<string>;
  holder(): Promise<string>;
  agent(node: string): Promise<Report>;
  throughVip(): Target;
  untilHealthy(): Promise<unknown>;
  untilHeldBy(node: string): Promise<unknown>;
  /** Cuts a machine's power, or gives it back. */
  power(command: "cut" | "restore", machine: string): Promise<unknown>;
  /** Stops a machine as a hypervisor does, and lets it go on. */
  pause(machine: string, paused: boolean): Promise<unknown>;
}

type ScriptName = keyof typeof scripts;
const nodes = ["nginx-a", "nginx-b"];
const peerOf = (name: string): string => (name === "nginx-a" ? "nginx-b" : "nginx-a");

/** What every pair must get over, whatever moves its VIP. */
export function endures(pair: Endured): void {
  async function during(name: ScriptName, on: readonly string[], work: () => Promise<unknown>) {
    try {
      for (const node of on) await pair.succeed(node, scripts[name].inject);
      await work();
    } finally {
      for (const node of on) await pair.succeed(node, scripts[name].undo);
    }
  }

  /** The VRRP states to which the nodes changed since then; machines and tests share one clock. */
  const changesSince = async (start: string): Promise<string[][]> =>
    Promise.all(
      nodes.map(async (node) =>
        (await pair.agent(node)).transitions.filter(({ at }) => at > start).map(({ to }) => to),
      ),
    );
  const now = (): string => new Date().toISOString();

  const answered = async (): Promise<void> => {
    const told = async () => (await ask(pair.throughVip())).includes('"backend"');
    await waitFor("an answer through the VIP", 30_000, told, 200);
  };

  describe("what moves nothing", () => {
    const faults: Record<string, [ScriptName, number]> = {
      "a killed worker of nginx": ["nginx-worker-kill", 1500],
      "a frozen master of nginx, whose workers work": ["nginx-master-freeze", 3000],
      "processors that are busy": ["busy-processors", 8000],
      "garbage in a track file, and an empty one": ["track-file-garbage", 1500],
      "track files that are gone": ["track-file-missing", 1500],
      "every other advert that is lost": ["vrrp-loss", 5000],
      "adverts that come twice": ["vrrp-twice", 3000],
    };
    it.each(Object.entries(faults))("%s", async (_title, [name, milliseconds]) => {
      await pair.untilHealthy();
      const start = now();
      await during(name, nodes, () => sleep(milliseconds));
      await pair.untilHealthy();
      expect(await changesSince(start)).toEqual([[], []]);
    });

    it("a hundred reloads of both daemons, under requests", async () => {
      await pair.untilHealthy();
      const start = now();
      const reload =
        "for n in $(seq 50); do systemctl reload nginx; systemctl reload keepalived; sleep 0.1; done";
      const probes = await probeWhile(
        pair.throughVip(),
        () => Promise.all(nodes.map((node) => pair.succeed(node, reload))),
        { intervalMs: 20 },
      );
      expect(probes.filter(({ status }) => status !== 200)).toEqual([]);
      await pair.untilHealthy();
      expect(await changesSince(start)).toEqual([[], []]);
    });
  });

  describe("what heals by itself", () => {
    it.each([0.5, 5])("a keepalived that was frozen for %s s: one node has the VIP", async (seconds) => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      await during("keepalived-freeze", [holder], () => sleep(seconds * 1000));
      await pair.untilHealthy();
      await answered();
      if (seconds === 5) expect(await pair.holder(), "who took it keeps it").toBe(peerOf(holder));
    });

    it("an nginx whose workers hang: the VIP moves, and stays", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      // The pair moves for this once a minute: an earlier test may have been one.
      const moved = async () => (await pair.holder().catch(() => "")) === peerOf(holder);
      await during("nginx-hang", [holder], () => waitFor("the VIP on the peer", 90_000, moved, 200));
      await pair.untilHealthy();
      await answered();
      expect(await pair.holder()).toBe(peerOf(holder));
    });

    it("nginx that hangs on both nodes: the holder goes on, says so, and is well afterwards", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      const start = now();
      await during("nginx-hang", [peerOf(holder), holder], async () => {
        const alarmed = async () => (await pair.agent(holder)).alarms.some(({ kind }) => kind === "hang");
        await waitFor("the alarm", 20_000, alarmed, 200);
        await sleep(3000);
        expect((await pair.agent(holder)).vrrp.state).toBe("MASTER");
      });
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(holder);
      const index = nodes.indexOf(holder);
      expect((await changesSince(start))[index], "the holder's changes").toEqual([]);
      const calm = async () => (await pair.agent(holder)).alarms.length === 0;
      await waitFor("the end of the alarm", 20_000, calm, 200);
    });

    it("one worker of nginx that hangs: new connections are answered again within seconds", async () => {
      await pair.untilHealthy();
      await during("nginx-worker-freeze", [await pair.holder()], async () => {
        const allAnswered = async () => {
          for (let one = 0; one < 12; one++)
            if (!(await ask(pair.throughVip())).includes('"backend"')) return false;
          return true;
        };
        await waitFor("twelve answers in a row", 90_000, allAnswered, 200);
      });
      await pair.untilHealthy();
    });

    it("a standby that loses its power three times: the VIP stays", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      for (let time = 0; time < 3; time++) {
        await pair.power("cut", peerOf(holder));
        await pair.power("restore", peerOf(holder));
      }
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(holder);
    });

    it("a machine that was paused for five seconds: one node has the VIP", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      await pair.pause(holder, true);
      try {
        await sleep(5000);
      } finally {
        await pair.pause(holder, false);
      }
      await pair.untilHealthy();
      await answered();
    });

    it.each([
      ["both nodes", nodes],
      ["the first node", nodes.slice(0, 1)],
      ["the second node", nodes.slice(1)],
    ])("a partition in which %s did not hear the other: the first node has the VIP", async (_who, deaf) => {
      await pair.untilHealthy();
      await during("vrrp-deaf", deaf, async () => {
        const master = async () =>
          (await Promise.all(deaf.map(async (node) => (await pair.agent(node)).vrrp.state))).every(
            (state) => state === "MASTER",
          );
        await waitFor(`${deaf.join(" and ")} to be MASTER`, 20_000, master, 100);
      });
      await pair.untilHealthy();
      await answered();
      if (deaf.length > 1) expect(await pair.holder()).toBe("nginx-a");
    });

    it("two nodes that lost their power together: one of them has the VIP", async () => {
      await Promise.all(nodes.map((node) => pair.power("cut", node)));
      await Promise.all(nodes.map((node) => pair.power("restore", node)));
      await pair.untilHealthy();
      await answered();
    });

    it("disks without any space: the VIP moves all the same, and back", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      await during("disk-full", nodes, async () => {
        for (const from of [holder, peerOf(holder)]) {
          await pair.untilHealthy();
          await during("nginx-kill", [from], () => pair.untilHeldBy(peerOf(from)));
          await answered();
        }
      });
      await pair.untilHealthy();
    });

    it("far more requests than the pair can serve: at most one move, and it serves when they are over", async () => {
      await pair.untilHealthy();
      const start = now();
      const { namespace, address } = pair.throughVip();
      const many = ["-t", "1", "-c", "6000", "-d", "15s", "--timeout", "5s", `http://${address}/`];
      const limited = ["sh", "-c", 'ulimit -n 16384; exec "$@"', "sh", "wrk", ...many];
      const report = await run(["ip", "netns", "exec", namespace, ...limited], { timeoutMs: 40_000 });
      expect(report).toMatch(/requests in/);
      await pair.untilHealthy();
      // A pool whose servers were all too slow is left alone for its failTimeout.
      const calm = async () => {
        for (let one = 0; one < 40; one++)
          if (!(await ask(pair.throughVip())).includes('"backend"')) return false;
        return true;
      };
      await waitFor("forty answers in a row", 120_000, calm, 200);
      const moves = (await changesSince(start)).flat().filter((to) => to === "MASTER");
      expect(moves.length, "moves").toBeLessThanOrEqual(1);
    });
  });
}
