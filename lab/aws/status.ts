import { UserError } from "../../config/user-error";
import { CLIENT } from "../ec2/region/disk";
import type { RegionPlan } from "../ec2/region/plan";
import type { Result } from "../host/run";
import { type ExecOptions, exec } from "../machines/exec";
import { type PairStatus, reportOf } from "../pair/status";
import { instancesOf } from "./instances";

/** Runs a command inside a machine as root: the client, or an instance by its id or name. */
export async function execInAws(
  plan: RegionPlan,
  machine: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<Result> {
  if (machine === CLIENT) return exec(plan, { name: machine }, argv, options);
  const instances = await instancesOf(plan);
  const found = instances.find(({ id, name }) => id === machine || name === machine);
  if (found) return exec(plan, { name: found.id }, argv, options);
  const names = [...instances.map(({ name }) => name), CLIENT].join(", ");
  throw new UserError(`The lab ${plan.name} has no machine ${machine}: it has ${names}.`);
}

/** Asks both nodes at once; a dead one costs at most five seconds. */
export async function readStatus(plan: RegionPlan, vip: string): Promise<PairStatus> {
  const instances = await instancesOf(plan);
  const nodes = await Promise.all(
    ["nginx-a", "nginx-b"].map(async (name, index) => {
      const found = instances.find((instance) => instance.name === name);
      const run = (argv: string[]) => exec(plan, { name: found?.id ?? "" }, argv, { timeoutMs: 5_000 });
      return {
        name,
        zone: found?.zone ?? "-",
        priority: 254 - index,
        report: found && (await reportOf(run)),
      };
    }),
  );
  return { name: "edge", vip, nodes };
}
