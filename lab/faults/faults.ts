import { exec } from "../machines/exec";
import { boot, powerOff } from "../machines/machine";
import { type LabPlan, machineNamed } from "../state/plan";
import { scripts } from "./scripts";

/** A failure that is injected by name; `undo` brings the machine back and is harmless when nothing was injected. */
export interface Fault {
  inject(plan: LabPlan, machine: string): Promise<unknown>;
  undo(plan: LabPlan, machine: string): Promise<unknown>;
}

const shell =
  (script: string) =>
  async (plan: LabPlan, machine: string): Promise<void> => {
    const { exitCode, stderr } = await exec(plan, machineNamed(plan, machine), ["bash", "-c", script]);
    if (exitCode !== 0) throw new Error(`on ${machine}: ${script}: exit ${exitCode}: ${stderr}`);
  };

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
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
