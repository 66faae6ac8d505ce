import { exec } from "../machines/exec";
import { boot, powerOff } from "../machines/machine";
import { type LabPlan, machineNamed } from "../state/plan";

/** A failure that is injected by name; `undo` brings the machine back and is harmless when nothing was injected. */
export interface Fault {
  inject(plan: LabPlan, machine: string): Promise<unknown>;
  undo(plan: LabPlan, machine: string): Promise<unknown>;
}

const shell =
  (script: string) =>
  async (plan: LabPlan, machine: string): Promise<void> => {
    const { exitCode, stderr } = await exec(plan, machineNamed(plan, machine), ["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`on ${machine}: ${script}: exit ${exitCode}: ${stderr}`);
  };

const startBoth = shell("systemctl reset-failed nginx keepalived; systemctl start nginx keepalived");

/** The faults that the lab knows. */
export const faults = {
  "nginx-kill": { inject: shell("pkill -KILL -x nginx"), undo: startBoth },
  "nginx-stop": { inject: shell("systemctl stop nginx"), undo: startBoth },
  "nginx-hang": {
    inject: shell('pkill -STOP -P "$(cat /run/nginx.pid)"'),
    undo: shell("pkill -CONT -x nginx || true"),
  },
  "keepalived-stop": { inject: shell("systemctl stop keepalived"), undo: startBoth },
  "keepalived-kill": { inject: shell("pkill -KILL -x keepalived"), undo: startBoth },
  "keepalived-parent-kill": { inject: shell('kill -KILL "$(cat /run/keepalived.pid)"'), undo: startBoth },
  "keepalived-child-kill": { inject: shell('kill -KILL "$(cat /run/vrrp.pid)"'), undo: startBoth },
  "keepalived-freeze": {
    inject: shell('kill -STOP "$(cat /run/vrrp.pid)" "$(cat /run/keepalived.pid)"'),
    undo: async (plan, machine) => {
      await shell("pkill -CONT -x keepalived || true")(plan, machine);
      await startBoth(plan, machine);
    },
  },
  "node-crash": {
    inject: (plan, machine) => powerOff(plan, machineNamed(plan, machine)),
    undo: async (plan, machine) => {
      await boot(plan, machineNamed(plan, machine));
      await startBoth(plan, machine);
    },
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
