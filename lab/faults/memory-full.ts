import { limitMemory, unlimitMemory } from "../host/memory";
import { groupOf } from "../machines/machine";
import { type LabPlan, machineNamed } from "../state/plan";
import { type Fault, shell } from "./fault";

/** MB that the machine may take beside what it has, and MB that a process tries to take: until the OOM killer ends it. */
const [LEFT, TAKEN] = [192, 1024];
/** The unit that takes them. */
export const HOG = "nginx-ha-hog";

const nameOf = ({ id }: LabPlan, machine: string): string => `nginx-ha-${id}-${machine}`;
const forget = `systemctl reset-failed ${HOG} 2>/dev/null || true`;

/** A machine whose memory somebody takes. */
export const memoryFull: Fault = {
  inject: async (plan, machine) => {
    const group = await groupOf(plan, machineNamed(plan, machine));
    await limitMemory(group, nameOf(plan, machine), LEFT * 2 ** 20);
    const take = `systemd-run --quiet --unit ${HOG} bash -c "exec tail --bytes=${TAKEN}M < <(cat /dev/zero)"`;
    await shell(`${forget}; ${take}`)(plan, machine);
  },
  undo: async (plan, machine) => {
    await unlimitMemory(await groupOf(plan, machineNamed(plan, machine)), nameOf(plan, machine));
    await shell(`systemctl stop ${HOG} 2>/dev/null; ${forget}`)(plan, machine);
  },
};
