import { expect, it } from "vitest";
import type { Event } from "../../../cli/history/events";
import { spansOf } from "../../../cli/watch/align";
import { clockOffsets } from "../../../cli/watch/clock";

const state = (at: number, seen: number, vrrp: string): Event => ({
  t: "node",
  node: "nginx-a",
  at,
  seen,
  vrrp,
  held: vrrp === "MASTER",
  nginx: true,
  tracks: "",
  config: "c1",
});

// A clock that is 1000 ms ahead; words take 3 to 9 ms.
const events: Event[] = [
  state(2000, 1009, "BACKUP"),
  { t: "beat", node: "nginx-a", at: 2200, seen: 1203 },
  state(2300, 1307, "MASTER"),
  { t: "beat", node: "nginx-a", at: 2450, seen: 1460 },
  { t: "lost", node: "nginx-a", seen: 1500 },
];

it("the shortest way tells how far a clock is ahead", () => {
  expect(clockOffsets(events)).toEqual(new Map([["nginx-a", 997]]));
});

it("spansOf tells what a node was, by our clock, and when nobody could look", () => {
  expect(spansOf(events, "nginx-a", 2000).map(({ from, to, vrrp }) => [from, to, vrrp])).toEqual([
    [1003, 1303, "BACKUP"],
    [1303, 1453, "MASTER"],
    [1453, 2000, "?"],
  ]);
});
