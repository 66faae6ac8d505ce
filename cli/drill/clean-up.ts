import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../config/user-error";
import type { Remote } from "../ssh";
import { now } from "../watch/clock";
import { faults } from "./faults";
import { undo } from "./node";
import { type DrillFault, drillScripts } from "./scripts";
import type { DrillSettings } from "./settings";

/** Until a machine that was away takes SSH again. */
const BOOT_S = 90;

/**
 * Undoes a fault. Nothing interrupts it: it is what is done when everything else was.
 * @param failed told why it is not undone, before the error is thrown
 */
export async function cleanUp(
  name: DrillFault,
  on: Remote,
  { power }: DrillSettings,
  failed: (why: string) => void,
): Promise<void> {
  const { boots } = faults[name];
  try {
    if (boots) await power?.restore(on.name);
    await undoWithin(on, name, boots ? BOOT_S : 0);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    failed(why);
    // What was armed on a machine that booted is gone.
    const later = boots ? "" : "; the node tries by itself within two minutes";
    throw new UserError(`${name} was not undone (${why})${later}`);
  }
}

async function undoWithin(on: Remote, name: DrillFault, limitS: number): Promise<void> {
  const deadline = now() + limitS * 1000;
  for (;;) {
    try {
      return await undo(on, drillScripts[name]);
    } catch (error) {
      if (now() > deadline) throw error;
      await sleep(1000);
    }
  }
}
