import { pairStatus } from "../../cli/status/gather";
import type { PairStatus } from "../../cli/status/pair-status";
import { UserError } from "../../config/user-error";
import { control } from "../ec2/region/control";
import { CLIENT } from "../ec2/region/disk";
import { files, type RegionPlan } from "../ec2/region/plan";
import type { Result } from "../host/run";
import { type ExecOptions, exec } from "../machines/exec";
import { nodeNames } from "../pair/machines";
import { reportOf } from "../pair/status";
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

/** Tells the Region's process to cut an instance's power, or to give it back. */
export async function powerInAws(
  plan: RegionPlan,
  command: "cut" | "restore",
  name: string,
): Promise<unknown> {
  const found = (await instancesOf(plan)).find((instance) => instance.name === name);
  if (!found) throw new UserError(`The lab ${plan.name} has no instance ${name}.`);
  return control(files(plan.directory).socket, command, { instanceId: found.id });
}

/** Asks both nodes at once, without SSH; a dead one costs at most five seconds. */
export async function readStatus(plan: RegionPlan, vip: string): Promise<PairStatus> {
  const instances = await instancesOf(plan);
  const found = nodeNames.map((name) => instances.find((instance) => instance.name === name));
  const answers = await Promise.all(
    nodeNames.map(async (name, index) => {
      const id = found[index]?.id;
      if (id === undefined) return { reason: "there is no instance" };
      return reportOf(name, (argv) => exec(plan, { name: id }, argv, { timeoutMs: 5_000 }));
    }),
  );
  const nodes = nodeNames.map((name, index) => ({ name, zone: found[index]?.zone ?? "-" }));
  return pairStatus({ name: "edge", vip, nodes }, answers);
}
