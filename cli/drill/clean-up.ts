import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../config/user-error";
import type { Remote } from "../ssh";
import { now } from "../watch/clock";
import { faults } from "./faults";
import { undo } from "./node";
import { type DrillFault, drillScripts } from "./scripts";
import type { DrillSettings } from "./settings";

const RETRY_MS = 1000;

/**
 * Undoes a fault. Nothing interrupts it: it is what is done when everything else was.
 * @param limitS how long it is tried on a machine that boots
 * @param failed told why it is not undone, before the error is thrown
 */
export async function cleanUp(
  name: DrillFault,
  on: Remote,
  { power }: DrillSettings,
  limitS: number,
  failed: (why: string) => void,
): Promise<void> {
  const { boots } = faults[name];
  try {
    if (boots)
      await afterBoot(
        () => power?.restore(on.name),
        () => undo(on, drillScripts[name]),
        limitS,
      );
    else await undo(on, drillScripts[name]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    failed(why);
    // What was armed on a machine that booted is gone.
    const later = boots ? "" : "; the node tries by itself within two minutes";
    throw new UserError(`${name} was not undone (${why})${later}`);
  }
}

/** A machine that is still going down takes neither its power nor a start: both are tried again. */
async function afterBoot(
  restore: () => Promise<unknown> | undefined,
  undoIt: () => Promise<void>,
  limitS: number,
): Promise<void> {
  const deadline = now() + limitS * 1000;
  for (;;) {
    try {
      await restore();
      return await undoIt();
    } catch (error) {
      if (now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}
