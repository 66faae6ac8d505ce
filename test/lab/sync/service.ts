import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "./subject";
import { answerOf, publish, standingAt, syncOf, untilSame, untilStanding, write } from "./words";
import { unique } from "./words-of";

const pidOf = (name: string): Promise<string> =>
  pair.succeed(name, "systemctl show -P MainPID nginx-ha-sync");

describe("a killed synchronisation", () => {
  it.each([
    "MASTER",
    "standby",
  ])("on the %s, in the middle of a publication, goes on where it was", async (role) => {
    const holder = await pair.holder();
    const victim = role === "MASTER" ? holder : peerOf(holder);
    const text = unique("killed");
    await standingAt(victim, "switched", async () => {
      await write(holder, text);
      const published = pair.sh(holder, "timeout 40 nginx-ha publish");
      await untilStanding(victim);
      await pair.succeed(victim, "systemctl kill --signal KILL nginx-ha-sync");
      await published;
    });
    await untilSame();
    expect(await answerOf(peerOf(holder))).toBe(text);
    expect((await syncOf(victim)).alarms).toEqual([]);
  });
});

/** The peer has 30 s to test a generation (agent/sync/protocol.ts); systemd ends what hangs after a minute. */
const PUBLISHED_MS = 45_000;

describe("a synchronisation that hangs", () => {
  it("on the standby holds no publication up for longer than its limit, and is started again", async () => {
    const holder = await pair.holder();
    const standby = peerOf(holder);
    const before = await pidOf(standby);
    await pair.succeed(standby, `kill -STOP ${before}`);
    const text = unique("while it hangs");
    await write(holder, text);
    const start = performance.now();
    expect((await pair.sh(holder, "nginx-ha publish", { timeoutMs: 120_000 })).stdout).toMatch(
      /^serves: generation \S+, on this node only: the peer /,
    );
    expect(performance.now() - start, "milliseconds").toBeLessThan(PUBLISHED_MS);
    const again = async () => ![before, "0"].includes(await pidOf(standby));
    await waitFor("systemd to start it again", 120_000, again, 500);
    await untilSame();
    expect(await answerOf(standby)).toBe(text);
  }, 300_000);
});

describe("a synchronisation that is started again", () => {
  it("has nginx reload nothing", async () => {
    const workers = (name: string) => pair.succeed(name, 'pgrep --parent "$(cat /run/nginx.pid)" | sort');
    await publish(await pair.holder());
    const before = await Promise.all(nodeNames.map(workers));
    for (const name of nodeNames) await pair.succeed(name, "systemctl restart nginx-ha-sync");
    await untilSame();
    expect(await Promise.all(nodeNames.map(workers))).toEqual(before);
  });
});
