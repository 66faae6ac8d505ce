import { expect, it } from "vitest";
import { detour } from "../../../agent/drain/detour";
import { keep } from "../../../agent/drain/keep";
import type { Part, PartOf } from "../../../agent/drain/role";
import { drainFiles } from "../../../node/drain/files";
import { commandLimit } from "../../../node/drain/limits";
import type { DrainSettings } from "../../../node/drain/settings";
import { dual, modes, settings } from "../../agent/drain/example";

const unit = drainFiles(settings).find(({ path }) => path.endsWith(".service"))?.content ?? "";
const limit = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "m").exec(unit)?.[1]);

/** What a failover left is ended. */
const END_COMMANDS = 1;
/** The proof that the tunnel is one takes as long at most. */
const PROOF_COMMANDS = 1;

/** Commands to take a part back, those that look what is left included. */
function toUndo({ undo, last, traces }: Part): number {
  const before =
    traces.filter(({ guarded }) => guarded).length + traces.filter(({ filtered }) => filtered).length;
  return undo.length + last.length + traces.length + before;
}

it.each([
  ["keep", "arp", keep, settings],
  ["detour", "arp", detour, settings],
  ["keep", "arp by IPv6, too", keep, dual],
  ["detour", "arp by IPv6, too", detour, dual],
  ...modes.flatMap(([mode, of]): [string, string, PartOf, DrainSettings][] => [
    ["keep", mode, keep, of],
    ["detour", mode, detour, of],
  ]),
])("the unit of %s in mode %s waits until each command has had its time", (_, __, part, settings) => {
  const { first, apply } = part(settings);
  const more = part === detour ? END_COMMANDS : settings.tunnel ? PROOF_COMMANDS : 0;
  const begins = first.length + apply.length + more;
  // What an earlier drain left is taken back first, of either role.
  const left = (part === keep ? detour : keep)(settings);
  expect(limit("TimeoutStartSec")).toBeGreaterThan((begins + toUndo(left)) * commandLimit);
  expect(limit("TimeoutStopSec")).toBeGreaterThan(toUndo(part(settings)) * commandLimit);
});
