import { describe, expect, it } from "vitest";
import { type Decision, decide } from "../../../agent/sync/decide";
import { compare, descends, type Head, idOf, nextHead } from "../../../agent/sync/head";

const hash = (letter: string): string => letter.repeat(64);
const next = (previous: Head | undefined, by: string, letter: string, above?: Head): Head =>
  nextHead(previous, {
    hash: hash(letter),
    parts: { stack: hash("0"), sites: hash(letter) },
    declared: hash("0"),
    source: "operator",
    by,
    at: "2026-01-01T00:00:00Z",
    ...(above && { above }),
  });

const first = next(undefined, "a", "1");
const second = next(first, "a", "2");
const third = next(second, "b", "3");
const onA = next(second, "a", "a");
const onB = next(second, "b", "b");

describe("a head", () => {
  it("counts on in its term, and begins another one when another node publishes", () => {
    expect([first, second, third].map(({ term, number }) => [term, number])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(third.lineage).toEqual([
      [1, 1, 2],
      [2, 3, 3],
    ]);
    expect(idOf(third)).toBe("2-3-333333333333");
  });

  it("comes after both that it replaces", () => {
    const winner = next(onA, "a", "a", onB);
    expect([winner.term, winner.number]).toEqual([3, 4]);
    expect(compare(winner, onA)).toBeGreaterThan(0);
    expect(compare(winner, onB)).toBeGreaterThan(0);
    expect(descends(winner, onA)).toBe(true);
    expect(descends(winner, onB)).toBe(false);
  });

  it("knows its ancestors over any number of publications", () => {
    let head = first;
    for (let i = 0; i < 1000; i++) head = next(head, i % 100 === 0 ? "b" : "a", "c");
    expect(descends(head, first)).toBe(true);
    expect(JSON.stringify(head).length).toBeLessThan(4000);
  });
});

describe("decide", () => {
  const masters = [
    { mine: false, theirs: false },
    { mine: true, theirs: false },
    { mine: false, theirs: true },
    { mine: true, theirs: true },
  ];
  /** What each side decides, for all roles and priorities. */
  const everyWay = (mine: Head | undefined, theirs: Head | undefined): [Decision, Decision][] =>
    masters.flatMap((master) =>
      [true, false].map((senior): [Decision, Decision] => [
        decide({ mine, theirs, master, senior }),
        decide({
          mine: theirs,
          theirs: mine,
          master: { mine: master.theirs, theirs: master.mine },
          senior: !senior,
        }),
      ]),
    );

  it.each([
    ["two nodes without any", undefined, undefined, "equal", "equal"],
    ["the same", second, second, "equal", "equal"],
    ["one node without any", first, undefined, "ahead", "fetch"],
    ["one built upon the other", second, first, "ahead", "fetch"],
    ["one built upon the other, published elsewhere", third, first, "ahead", "fetch"],
  ] as const)("%s: whoever is MASTER", (_, mine, theirs, here, there) => {
    for (const both of everyWay(mine, theirs)) expect(both).toEqual([here, there]);
  });

  it("gives heads that diverged exactly one winner, which ends above the loser", () => {
    for (const [here, there] of [...everyWay(onA, onB), ...everyWay(onB, onA)]) {
      expect([
        ["keep", "yield"],
        ["yield", "keep"],
        ["supersede", "await"],
        ["await", "supersede"],
      ]).toContainEqual([here, there]);
    }
  });

  it("lets the MASTER's win, the senior's of two, the later of none", () => {
    const ask = (mine: boolean, theirs: boolean, senior: boolean) =>
      decide({ mine: onA, theirs: onB, master: { mine, theirs }, senior });
    expect(ask(true, false, false)).toBe("supersede");
    expect(ask(false, true, true)).toBe("yield");
    expect(ask(true, true, true)).toBe("supersede");
    expect(ask(true, true, false)).toBe("yield");
    expect(ask(false, false, true), "onB is of a later term").toBe("yield");
  });

  it("tells two first generations apart, the senior's wins", () => {
    const mine = next(undefined, "a", "a");
    const theirs = next(undefined, "b", "b");
    const master = { mine: false, theirs: false };
    expect(decide({ mine, theirs, master, senior: true })).toBe("supersede");
    expect(decide({ mine: theirs, theirs: mine, master, senior: false })).toBe("await");
  });
});
