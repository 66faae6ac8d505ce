import { describe, expect, it } from "vitest";
import { wordsOf } from "../sync/words-of";
import { pair } from "./pair";
import { peerOf } from "./subject";

const { answerOf, generationOf, publish, standingAt, untilSame, untilStanding, write } = wordsOf(pair);

/** test/lab/sync has all of it on hosts. */
describe("an operator's edit", () => {
  it("is served by both; the standby, whose power is cut in the middle, returns with the newer one", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const standby = peerOf(holder);
    await write(holder, "first");
    expect(await publish(holder)).toMatch(/^serves: generation \S+, on both nodes$/);
    expect([await answerOf(holder), await answerOf(standby)]).toEqual(["first", "first"]);
    await standingAt(standby, "switched", async () => {
      await write(holder, "second");
      const published = pair.sh(holder, "timeout 40 nginx-ha publish");
      await untilStanding(standby);
      await pair.power("cut", standby);
      try {
        expect((await published).stdout).toMatch(/^serves: generation \S+, on this node only: /);
        expect(await answerOf(holder)).toBe("second");
      } finally {
        await pair.power("restore", standby);
      }
    });
    await untilSame([], 120_000);
    await pair.untilHealthy();
    expect(await answerOf(standby)).toBe("second");
    expect(await pair.holder(), "it returns as standby").toBe(holder);
  });

  it("is undone on both by a rollback, and the VIP stays", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const standby = peerOf(holder);
    for (const text of ["kept", "wrong"]) {
      await write(holder, text);
      await publish(holder);
    }
    await pair.succeed(holder, "nginx-ha rollback");
    await untilSame();
    expect([await answerOf(holder), await answerOf(standby)]).toEqual(["kept", "kept"]);
    expect(await generationOf(standby)).toBe(await generationOf(holder));
    expect(await pair.holder()).toBe(holder);
  });
});
