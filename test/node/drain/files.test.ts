import { expect, it } from "vitest";
import { detour } from "../../../agent/drain/detour";
import { keep } from "../../../agent/drain/keep";
import type { Part } from "../../../agent/drain/role";
import { commandLimit, drainFiles } from "../../../node/drain/files";
import { settings } from "../../agent/drain/example";

const unit = drainFiles(settings).find(({ path }) => path.endsWith(".service"))?.content ?? "";
const limit = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "m").exec(unit)?.[1]);

/** Commands to take a part back, those that look what is left included. */
function toUndo({ undo, last, traces, guarded }: Part): number {
  const looks = undo.filter(({ afterLocal }) => afterLocal).length;
  return undo.length + looks + last.length + traces.length * (guarded ? 2 : 1);
}

it.each([
  ["keep", keep],
  ["detour", detour],
])("the unit of %s waits until each command has had its time", (_, part) => {
  const found = { forwards: false, localFirst: true };
  const { first, apply } = part(settings, found);
  const LOOKS = 1;
  const begins = LOOKS + first.length + apply.length;
  // What an earlier drain left is taken back first, of either role.
  const left = (part === keep ? detour : keep)(settings, found);
  expect(limit("TimeoutStartSec")).toBeGreaterThan((begins + toUndo(left)) * commandLimit);
  expect(limit("TimeoutStopSec")).toBeGreaterThan(toUndo(part(settings, found)) * commandLimit);
});
