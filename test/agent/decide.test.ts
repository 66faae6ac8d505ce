import { describe, expect, it } from "vitest";
import type { Owner } from "../../agent/vip/claim";
import {
  backOff,
  claimed,
  type Decision,
  decide,
  found,
  type Memory,
  noMemory,
} from "../../agent/vip/decide";

/** A MASTER in time: what each look finds, and what it does. */
class Master {
  memory: Memory = noMemory();
  constructor(private readonly senior: boolean) {}
  look(owner: Owner, at: number): Decision {
    this.memory = found(owner, this.memory, at);
    const decision = decide(owner, this.memory, this.senior, at);
    if (decision.act === "take") this.memory = found("mine", claimed(this.memory, at), at);
    return decision;
  }
}

describe("decide", () => {
  it("keeps what is its own, and takes what nobody, a stranger or, at first, the peer has", () => {
    expect(new Master(false).look("mine", 0)).toEqual({ act: "keep" });
    for (const owner of ["nobody", "other", "peer"] as const)
      expect(new Master(false).look(owner, 0)).toEqual({ act: "take" });
  });

  it("takes back at once what a stranger stole, or what a junior peer took from the senior", () => {
    for (const [senior, thief] of [
      [false, "other"],
      [false, "nobody"],
      [true, "peer"],
    ] as const) {
      const master = new Master(senior);
      master.look("nobody", 0);
      expect(master.look(thief, 2000), `${senior} ${thief}`).toEqual({ act: "take" });
    }
  });

  it("backs off as a junior whom the peer robs, ever longer, and says split", () => {
    const junior = new Master(false);
    junior.look("peer", 1);
    expect(junior.look("peer", 1001)).toEqual({ act: "wait", until: 3001, alarm: "split" });
    expect(junior.look("peer", 2900)).toMatchObject({ act: "wait", until: 3001 });
    expect(junior.look("peer", 3001)).toEqual({ act: "take" });
    expect(junior.look("peer", 4000)).toMatchObject({ act: "wait", until: 14_000 });
    expect([1, 2, 3, 4, 5, 9].map(backOff)).toEqual([2000, 10_000, 50_000, 250_000, 300_000, 300_000]);
  });

  it("does not take for a robbery what it saw and never claimed: it was the past", () => {
    const junior = new Master(false);
    expect(junior.look("mine", 1)).toEqual({ act: "keep" });
    expect(junior.look("peer", 501)).toEqual({ act: "take" });
    expect(junior.look("peer", 1001)).toMatchObject({ act: "wait", alarm: "split" });
  });

  it("two MASTERs that both reach the API move the VIP at most six times in a minute", () => {
    const [senior, junior] = [new Master(true), new Master(false)];
    let holder: "senior" | "junior" | undefined;
    let moves = 0;
    for (let at = 1; at <= 60_000; at += 50) {
      for (const [name, one] of [
        ["junior", junior],
        ["senior", senior],
      ] as const) {
        if (at % 2000 !== 1 && name === "senior") continue;
        const owner = holder === undefined ? "nobody" : holder === name ? "mine" : "peer";
        if (one.look(owner, at).act === "take") {
          holder = name;
          moves++;
        }
      }
    }
    expect(holder).toBe("senior");
    expect(moves).toBeLessThanOrEqual(6);
  });

  it("forgets the robberies when it has held the VIP for a minute", () => {
    const junior = new Master(false);
    junior.look("peer", 1);
    junior.look("peer", 1000);
    junior.look("peer", 3000);
    expect(junior.memory.robbed).toBe(1);
    junior.look("mine", 63_000);
    expect(junior.memory.robbed).toBe(0);
  });

  it("claims at most ten times in a minute, whoever steals", () => {
    const master = new Master(true);
    const decisions = Array.from({ length: 12 }, (_, index) => master.look("other", index * 1000 + 1));
    expect(decisions.filter(({ act }) => act === "take")).toHaveLength(10);
    expect(decisions.at(-1)).toEqual({ act: "wait", until: 60_001, alarm: "rate" });
  });
});
