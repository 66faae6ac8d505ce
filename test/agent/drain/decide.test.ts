import { describe, expect, it } from "vitest";
import { decide, type Look, prepared, type Reason, type State } from "../../../agent/drain/decide";
import type { Role } from "../../../agent/drain/role";
import { resultOf, statusOf } from "../../../agent/drain/status";

const limits = { preparedMs: 90_000, drainMs: 60_000 };

/** What a part comes to with these looks, a second from one to the next unless they say another time. */
function withLooks(role: Role, ...looks: Partial<Look>[]): [State, Reason?] {
  let state = prepared(0);
  let reason: Reason | undefined;
  let now = 0;
  for (const look of looks) {
    now = look.now ?? now + 1000;
    const whole = { master: role === "keep", connections: 1, led: true, peerAnswers: true, ...look, now };
    [state, reason] = decide(role, state, whole, limits);
  }
  return reason === undefined ? [state] : [state, reason];
}
const reason = (role: Role, ...looks: Partial<Look>[]): Reason | undefined => withLooks(role, ...looks)[1];

const gone = { master: false };
const came = { master: true };

describe("the node that keeps the connections", () => {
  it("waits for the VIP to move, then drains", () => {
    expect(withLooks("keep", {})).toEqual([{ phase: "prepared", since: 0 }]);
    expect(withLooks("keep", {}, { ...gone, connections: 7 })).toEqual([
      { phase: "draining", since: 2000, until: 62_000, first: 7 },
    ]);
  });

  it("does not wait for ever", () => {
    expect(reason("keep", { now: 89_999 })).toBeUndefined();
    expect(reason("keep", { now: 90_000 })).toBe("not moved");
  });

  it("drains when the VIP leads to the other node, and cuts nobody where it never does", () => {
    const held = { ...gone, led: false };
    expect(withLooks("keep", held, { ...held, now: 89_000 })).toEqual([{ phase: "prepared", since: 0 }]);
    expect(reason("keep", held, { ...held, now: 90_000 })).toBe("not moved");
    const none = { ...gone, connections: 0 };
    const led = [held, { ...none, now: 9000 }, { ...none, now: 9100 }];
    expect(reason("keep", ...led, { ...none, now: 10_900 })).toBeUndefined();
    expect(reason("keep", ...led, { ...none, now: 11_000 })).toBe("empty");
    expect(withLooks("keep", held, { ...none, now: 9000 })[0], "its time begins then").toMatchObject({
      until: 69_000,
    });
  });

  it("is done when no connection was left for a second, and not in the first two", () => {
    const none = { ...gone, connections: 0 };
    expect(reason("keep", none, { ...none, now: 2000 })).toBeUndefined();
    expect(reason("keep", none, { ...none, now: 2000 }, { ...none, now: 3000 })).toBe("empty");
    const again = [none, { ...none, now: 2500 }, { ...gone, now: 2900 }, { ...none, now: 3100 }];
    expect(reason("keep", ...again, { ...none, now: 4000 })).toBeUndefined();
    expect(reason("keep", ...again, { ...none, now: 4100 })).toBe("empty");
  });

  it("goes on while nobody can say how many are left", () => {
    const unknown = { ...gone, connections: undefined };
    expect(reason("keep", gone, unknown, unknown, unknown)).toBeUndefined();
  });

  it("is done when its time is over, whoever is left", () => {
    expect(reason("keep", gone, { ...gone, now: 60_999 })).toBeUndefined();
    expect(reason("keep", gone, { ...gone, now: 61_000 })).toBe("time");
  });

  it("is done when the VIP is back", () => {
    expect(reason("keep", gone, { master: true })).toBe("back");
  });
});

describe("the node that sends them on", () => {
  it("does so for as long as it has the VIP", () => {
    expect(withLooks("detour", { master: false })[0].phase).toBe("prepared");
    expect(withLooks("detour", came)[0].phase).toBe("draining");
    expect(reason("detour", came, { master: false })).toBe("back");
    expect(reason("detour", came, { ...came, now: 61_000 })).toBe("time");
  });

  it("is done when the other one has been silent for two seconds", () => {
    const silent = { ...came, peerAnswers: false };
    expect(reason("detour", came, silent)).toBeUndefined();
    expect(reason("detour", came, silent, silent)).toBeUndefined();
    expect(reason("detour", came, silent, silent, silent)).toBe("peer gone");
    expect(reason("detour", came, silent, silent, came, silent)).toBeUndefined();
  });
});

describe("what is told", () => {
  const state: State = { phase: "draining", since: 0, until: 60_000, first: 7 };
  const found = { now: 17_400, at: "2026-01-01T00:00:00Z", left: 3 };

  it("is how many are left, and for how long", () => {
    const look = { now: 17_400, connections: 5, preparedMs: 90_000 };
    expect(statusOf("keep", state, look)).toEqual({
      role: "keep",
      phase: "draining",
      secondsLeft: 43,
      connections: 5,
    });
    expect(statusOf("detour", prepared(0), look)).toEqual({
      role: "detour",
      phase: "prepared",
      secondsLeft: 73,
    });
  });

  it("is at the end how many ended by themselves, and how many were cut", () => {
    expect(resultOf("keep", state, "time", found)).toEqual({
      role: "keep",
      reason: "time",
      at: found.at,
      seconds: 17,
      connections: 7,
      ended: 4,
      cut: 3,
    });
    expect(resultOf("keep", state, "back", found), "they go on where they are").toMatchObject({ cut: 0 });
    expect(resultOf("keep", prepared(0), "stopped", found), "it has the VIP").toMatchObject({ cut: 0 });
  });
});
