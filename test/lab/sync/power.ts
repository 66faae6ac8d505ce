import { describe, expect, it } from "vitest";
import { pair, peerOf } from "./subject";
import {
  answerOf,
  generationOf,
  publish,
  standingAt,
  untilCleared,
  untilSame,
  untilStanding,
  write,
} from "./words";
import { unique } from "./words-of";

/** Where a node's power is cut; test/agent/sync/crash.test.ts ends the process at every other step, too. */
const steps = {
  MASTER: [
    "tested",
    "staged",
    "prepared",
    "journalled",
    "switched",
    "reloaded",
    "accepted",
    "committed",
    "acknowledged",
  ],
  standby: ["written", "staged", "journalled", "switched", "reloaded", "accepted", "acknowledged"],
};

/** In `npm test` those around which the truth changes; all of them in `npm run test:full`. */
const inShort = { MASTER: ["switched", "committed"], standby: ["journalled", "reloaded"] };
const cuts = Object.entries(process.env.NGINX_HA_MATRIX === "yes" ? steps : inShort);

describe.each(cuts)("a power cut of the %s while it publishes", (role, all) => {
  it.each(
    all,
  )("at the step %s: both end with the same, without hands, and nothing half-written is served", async (step) => {
    const holder = await pair.holder();
    const victim = role === "MASTER" ? holder : peerOf(holder);
    const survivor = peerOf(victim);
    const before = await generationOf(survivor);
    const text = unique(`${role} ${step}`);
    const said = await answerOf(survivor);
    await standingAt(victim, step, async () => {
      await write(holder, text);
      const published = pair.sh(holder, "timeout 40 nginx-ha publish").catch(() => undefined);
      await untilStanding(victim);
      await pair.power("cut", victim);
      if (role === "standby") await published;
      // Whoever answers now answers with all of the one or all of the other.
      const numbers = [before, await generationOf(survivor)].map((id) => Number(id?.split("-")[1]));
      expect([said, text]).toContain(await answerOf(survivor));
      expect((numbers[1] ?? 0) - (numbers[0] ?? 0), `generations ${numbers.join(" and ")}`).toBeOneOf([0, 1]);
      expect((await pair.curl()).startsWith("{")).toBe(true);
      await pair.power("restore", victim);
      await published;
    });
    // What the MASTER had not published yet is drift on a node that is standby now.
    await untilSame(["drift"]);
    await untilCleared();
    const now = await pair.holder();
    expect(await answerOf(now)).toBe(await answerOf(peerOf(now)));
    // Where the MASTER went on, what it was asked for is served.
    if (role === "standby") expect(await answerOf(now)).toBe(text);
    await publish(now);
    await untilSame();
  }, 180_000);
});
