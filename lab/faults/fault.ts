import { exec } from "../machines/exec";
import { type LabPlan, machineNamed } from "../state/plan";

/** A failure that is injected by name; `undo` brings the machine back and is harmless when nothing was injected. */
export interface Fault {
  inject(plan: LabPlan, machine: string): Promise<unknown>;
  undo(plan: LabPlan, machine: string): Promise<unknown>;
}

/** A shell script that a machine runs. */
export const shell =
  (script: string) =>
  async (plan: LabPlan, machine: string): Promise<void> => {
    const { exitCode, stderr } = await exec(plan, machineNamed(plan, machine), ["bash", "-c", script]);
    if (exitCode !== 0) throw new Error(`on ${machine}: ${script}: exit ${exitCode}: ${stderr}`);
  };
