import { expect, it } from "vitest";
import { judge, type Situation } from "../../../agent/sync/judge";

const well: Situation = { awayMs: 0, drift: [], conflicts: [] };
const told = (more: Partial<Situation>): string[] =>
  judge({ ...well, ...more }).flatMap(([kind, reason]) =>
    reason === undefined ? [] : [`${kind}: ${reason}`],
  );

it.each<[string, Partial<Situation>, string[]]>([
  ["all is well", {}, []],
  ["the peer reboots", { awayMs: 30_000, alone: { id: "1-2-c1", forMs: 30_000 } }, []],
  [
    "the peer is away",
    { awayMs: 41_000 },
    ["peer-unreachable: the peer's synchronisation was not heard for 40 s"],
  ],
  [
    "nobody else has it",
    { alone: { id: "1-2-c1", forMs: 31_000 } },
    ["unacknowledged: 1-2-c1 is on this node only: it is lost if this node is"],
  ],
])("%s", (_title, more, expected) => {
  expect(told(more)).toEqual(expected);
});

it("names what an operator is to look at", () => {
  const [drift, conflict] = told({ drift: ["/a/1", "/a/2"], conflicts: ["1-2-c1"] });
  expect(drift).toMatch(/^drift: .*copies: \/a\/1, \/a\/2 /);
  expect(conflict).toMatch(/^conflict: .*conflicts\/: 1-2-c1 /);
});
