import { expect, it } from "vitest";
import { isGood, judge, parseProbes } from "../../../cli/probe/probes";

const at = (end: number, status = 200) => ({ start: end - 1, end, status });

it("reports the longest time without a good answer, whatever the order of the lines", () => {
  expect(judge([at(40), at(10), at(15), at(20, 502), at(21, 0)])).toEqual({ total: 5, failed: 2, gap: 25 });
});

it("counts as an answer what it is told: of somebody else's site a 404, too", () => {
  expect(judge([at(10), at(20, 404), at(30)])).toEqual({ total: 3, failed: 1, gap: 20 });
  expect(judge([at(10), at(20, 404), at(30)], isGood)).toEqual({ total: 3, failed: 0, gap: 10 });
});

it("calls a run without any good answer an endless gap", () => {
  expect(judge([at(10, 0)])).toEqual({ total: 1, failed: 1, gap: Number.POSITIVE_INFINITY });
});

it("reads requests in the order of their starts, so that a late time-out is not the last one", () => {
  const lines = '{"start":5,"end":6,"status":200}\n{"start":1,"end":1001,"status":0}\n';
  expect(parseProbes(lines).map(({ start }) => start)).toEqual([1, 5]);
});

it("reads JSON lines and nothing else", () => {
  expect(parseProbes('started\n{"start":1,"end":2,"status":200}\n')).toEqual([
    { start: 1, end: 2, status: 200 },
  ]);
});
