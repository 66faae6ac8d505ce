import { expect, it } from "vitest";
import { detour } from "../../../agent/drain/detour";
import { keep } from "../../../agent/drain/keep";
import { commandLimit, drainFiles } from "../../../node/drain/files";
import { settings } from "../../agent/drain/example";

const unit = drainFiles(settings).find(({ path }) => path.endsWith(".service"))?.content ?? "";
const limit = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "m").exec(unit)?.[1]);

it.each([
  ["keep", keep],
  ["detour", detour],
])("the unit of %s waits until each command has had its time", (_, part) => {
  const { first, apply, undo, last, traces } = part(settings, { forwards: false, localFirst: true });
  const LOOKS = 1;
  const looks = undo.filter(({ afterLocal }) => afterLocal).length;
  expect(limit("TimeoutStartSec")).toBeGreaterThan((LOOKS + first.length + apply.length) * commandLimit);
  expect(limit("TimeoutStopSec")).toBeGreaterThan(
    (undo.length + looks + last.length + traces.length) * commandLimit,
  );
});
