import { describe, expect, it } from "vitest";
import { planMove } from "../../../cli/switchover/plan";
import { backup, master, pair } from "../status/example";

describe("planMove", () => {
  it("moves the VIP to whoever does not have it", () => {
    expect(planMove(pair(master, backup), {})).toEqual({ from: "nginx-a", to: "nginx-b", warnings: [] });
  });

  it("has nothing to do when the target has it", () => {
    expect(planMove(pair(master, backup), { to: "nginx-a" })).toEqual({
      done: "nginx-a has the VIP already",
    });
  });

  const behind = pair(master, { ...backup, CONFIG: "c0" });
  it("refuses a target that is behind, unless forced", () => {
    expect(planMove(behind, {})).toEqual({
      refusal: "nginx-b: config differs (--force moves it all the same)",
    });
    expect(planMove(behind, { force: true })).toEqual({
      from: "nginx-a",
      to: "nginx-b",
      warnings: ["nginx-b: config differs"],
    });
  });

  it("moves to a node with what is left of a drain, which that takes back", () => {
    expect(planMove(pair(master, { ...backup, DRAIN_LEFT: "detour" }), {})).toMatchObject({
      to: "nginx-b",
      warnings: ["nginx-b: a drain (detour) was not taken back altogether"],
    });
  });

  it("refuses as long as the last move's connections have not ended, unless they may be cut", () => {
    const DRAIN = { role: "keep", phase: "draining", secondsLeft: 43, connections: 12 } as const;
    const draining = pair(master, { ...backup, DRAIN });
    const why =
      "the last move is not over: nginx-b keeps 12 established connections for 43 s at most (--now cuts them and moves it)";
    for (const force of [false, true]) expect(planMove(draining, { force })).toEqual({ refusal: why });
    expect(planMove(draining, { now: true })).toMatchObject({ from: "nginx-a", to: "nginx-b" });
  });

  it.each([
    [
      "a node that is not there",
      pair(master, backup),
      "nginx-c",
      "there is no node nginx-c; the pair has nginx-a and nginx-b",
    ],
    ["a dead target", pair(master, undefined), undefined, "nginx-b does not answer within 2 s"],
    [
      "a target in FAULT",
      pair(master, { ...backup, VRRP: "FAULT", TRACKS: "hang" } as const),
      undefined,
      "nginx-b is FAULT and could not take the VIP",
    ],
    [
      "a target without keepalived",
      pair(master, { ...backup, VRRP: "-" } as const),
      undefined,
      "nginx-b is out of the election and could not take the VIP",
    ],
    ["two holders", pair(master, master), undefined, "two nodes hold the VIP: nginx-a and nginx-b"],
    [
      "no holder",
      pair(undefined, backup),
      undefined,
      "nobody is seen to hold the VIP: there is nothing to move",
    ],
  ])("refuses %s, forced or not", (_title, status, to, refusal) => {
    for (const force of [false, true]) expect(planMove(status, { to, force })).toEqual({ refusal });
  });
});
