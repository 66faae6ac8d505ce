import { expect, it } from "vitest";
import type { Event } from "../../../cli/history/events";
import { reportOf } from "../../../cli/status/report";
import { renderResult } from "../../../cli/switchover/render";
import { measuredOf } from "../../../cli/switchover/result";
import { backup, master, pair } from "../status/example";

const probe = (start: number, more: Partial<Extract<Event, { t: "probe" }>> = {}): Event => ({
  t: "probe",
  start,
  end: start + 2,
  status: 200,
  connected: true,
  ...more,
});

const events: Event[] = [
  probe(0),
  probe(5, { status: 0, connected: false, error: "ECONNREFUSED" }),
  probe(10, { status: 0, error: "ECONNRESET" }),
  probe(15, { end: 1040 }),
  probe(20),
  { t: "cut", at: 12, error: "ECONNRESET" },
  { t: "prober", at: 1100, event: "end", longestHeldMs: 14.2 },
];

it("tells refused, cut and late connections apart", () => {
  expect(measuredOf(events, "here", 8)).toEqual({
    from: "here",
    gapMs: 1018,
    total: 5,
    failed: 2,
    refused: 1,
    cutNew: 1,
    late: 1,
    held: 8,
    cutHeld: 1,
    longestHeldMs: 14.2,
  });
});

it("measures nothing where the VIP does not answer", () => {
  expect(measuredOf([probe(0, { status: 0 })], "here", 8)).toBeUndefined();
});

it("says what came of it in two lines", () => {
  const status = reportOf(pair(master, backup));
  const measured = measuredOf(events, "here", 8);
  const told = {
    pair: "edge",
    vip: "192.0.2.100",
    moved: true,
    from: "nginx-b",
    to: "nginx-a",
    moveMs: 3,
    measured,
    status,
  };
  expect(renderResult(told)).toBe(
    `The VIP moved from nginx-b to nginx-a in 3 ms.
New connections: 5, 1 refused, 1 cut, 1 late, longest gap 1018 ms; established ones: 8, 1 cut, longest wait 14.2 ms (seen from here).`,
  );
  const drain = { connections: 216, ended: 214, cut: 2, seconds: 60, reason: "time" };
  expect(renderResult({ ...told, measured: undefined, drain })).toBe(
    `The VIP moved from nginx-b to nginx-a in 3 ms.
nginx-b had 216 established connections: 214 ended by themselves, 2 cut after 60 s.`,
  );
  expect(renderResult({ ...told, moved: false, why: "nginx-a does not answer", measured: undefined })).toBe(
    "The VIP did not move: nginx-a does not answer.",
  );
});
