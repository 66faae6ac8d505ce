import { describe, expect, it } from "vitest";
import { Liveness } from "../../agent/keepalived/liveness";

describe("Liveness", () => {
  it("is over when keepalived has not run for the limit, is stopped, or is gone", () => {
    let now = 0;
    let found: { pid: number; state: string; switches: number } | undefined = {
      pid: 7,
      state: "S",
      switches: 1,
    };
    const liveness = new Liveness(
      1000,
      () => now,
      () => found,
    );
    expect(liveness.isLive()).toBe(true);
    now = 900;
    expect(liveness.isLive()).toBe(true);
    now = 1100;
    expect(liveness.isLive(), "it stands still").toBe(false);
    found = { ...found, switches: 2 };
    expect(liveness.isLive()).toBe(true);
    found = { ...found, state: "T" };
    expect(liveness.isLive(), "it is stopped").toBe(false);
    found = undefined;
    expect(liveness.isLive(), "it is gone").toBe(false);
    expect(liveness.sample()).toBe(false);
    found = { pid: 8, state: "S", switches: 2 };
    expect(liveness.isLive(), "another one").toBe(true);
  });
});
