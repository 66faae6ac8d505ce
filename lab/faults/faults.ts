import { boot, powerOff } from "../machines/machine";
import { machineNamed } from "../state/plan";
import { type Fault, shell } from "./fault";
import { memoryFull } from "./memory-full";
import { scripts } from "./scripts";

const scripted = Object.fromEntries(
  Object.entries(scripts).map(([name, { inject, undo }]): [string, Fault] => [
    name,
    { inject: shell(inject), undo: shell(undo) },
  ]),
) as Record<keyof typeof scripts, Fault>;

/** The faults that a lab of hosts knows. */
export const faults = {
  ...scripted,
  "node-crash": {
    inject: (plan, machine) => powerOff(plan, machineNamed(plan, machine)),
    undo: async (plan, machine) => {
      await boot(plan, machineNamed(plan, machine));
      await scripted["nginx-kill"].undo(plan, machine);
    },
  },
  "memory-full": memoryFull,
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
