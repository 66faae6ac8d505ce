import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "./subject";
import { answerOf, gateOf, publishNew, ready, untilSame } from "./words";

describe("a node that comes back", () => {
  it("after three publications has the last one before it takes part in the election", async () => {
    const { holder, standby } = await ready();
    await pair.power("cut", standby);
    for (const text of ["one", "two", "three"]) {
      expect(await publishNew(holder, text)).toMatch(/on this node only/);
    }
    await pair.power("restore", standby);
    await waitFor("the gate to open", 30_000, async () =>
      (await pair.sh(standby, "cat /run/nginx-ha/track/sync")).stdout.startsWith("0"),
    );
    expect(await answerOf(standby)).toBe("three");
    expect(await gateOf(standby)).toContain(`${standby} has what the peer has`);
    await untilSame();
    await pair.untilHealthy();
    expect(await pair.holder(), "it returns as standby").toBe(holder);
  });

  it("is standby at once when both boot together", async () => {
    await ready();
    for (const name of nodeNames) await pair.power("cut", name);
    await Promise.all(nodeNames.map((name) => pair.power("restore", name)));
    await pair.untilHealthy();
    await untilSame();
    for (const name of nodeNames) expect(await gateOf(name)).toContain("has what the peer has");
  });
});
