import { bootId } from "../host/boot-id";
import { type MachineState, machineState } from "../machines/machine";
import { networkExists } from "../network/network";
import type { LabPlan } from "./plan";
import { readLab } from "./record";

/** What is found of a lab: `broken` means that some process or some of the network is gone. */
export type LabStatus = "nothing" | "running" | "broken" | "rebooted";

/** What was found of a lab, part by part. */
export interface LabState {
  status: LabStatus;
  network: boolean;
  machines: Record<string, MachineState>;
}

/** Looks at everything of a lab, and changes nothing. */
export async function inspectLab(plan: LabPlan, clone: string): Promise<LabState> {
  const record = await readLab(clone, plan.name);
  const network = await networkExists(plan);
  const states = await Promise.all(plan.machines.map((machine) => machineState(plan, machine)));
  const machines = Object.fromEntries(
    plan.machines.map(({ name }, index) => [name, states[index] ?? ABSENT]),
  );
  return { status: judge(record?.bootId, network, states), network, machines };
}

/** The status from what was recorded and what is there. */
export function judge(
  recordedBoot: string | undefined,
  network: boolean,
  machines: readonly MachineState[],
  currentBoot = bootId(),
): LabStatus {
  if (recordedBoot === undefined) return "nothing";
  if (recordedBoot !== currentBoot) return "rebooted";
  const alive = machines.every(({ status }) => status === "running" || status === "frozen");
  return network && alive ? "running" : "broken";
}

const ABSENT: MachineState = { status: "absent" };
