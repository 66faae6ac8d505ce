import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "./subject";
import { alarmsOf, answerOf, generationOf, publishNew, ready, untilCleared, untilSame } from "./words";
import { unique } from "./words-of";

describe("publications on both sides of a partition", () => {
  it("end with the MASTER's; the other one's are kept, and alarmed until somebody removes them", async () => {
    await ready();
    const cut = await pair.partition();
    const text = unique("on both sides");
    let lost: string | undefined;
    try {
      const both = async () =>
        (
          await Promise.all(
            nodeNames.map((name) => pair.succeed(name, "/etc/nginx-ha/current/bin/vrrp-state")),
          )
        ).every((state) => state === "MASTER");
      await waitFor("two MASTERs", 20_000, both, 100);
      for (const name of nodeNames) {
        expect(await publishNew(name, `${text} by ${name}`)).toMatch(/^serves: .* on this node only/);
      }
      lost = await generationOf("nginx-b");
    } finally {
      await cut.undo();
    }
    // A healed partition goes to the higher priority.
    await pair.untilHeldBy("nginx-a");
    await untilSame(["conflict"], 90_000);
    const won = `${text} by nginx-a`;
    expect([await answerOf("nginx-a"), await answerOf("nginx-b")]).toEqual([won, won]);
    // It is told by the next look at the peer, not by the switch.
    const alarmed = async () => (await alarmsOf("nginx-b")).includes("conflict");
    await waitFor("the alarm", 10_000, alarmed, 200);
    expect(await pair.succeed("nginx-b", "ls /etc/nginx-ha/conflicts")).toBe(lost);
    await untilCleared();
  });
});
