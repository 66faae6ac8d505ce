import { existsSync } from "node:fs";
import { join } from "node:path";
import { bootId } from "../../host/boot-id";
import { removeTree } from "../../host/files";
import { isAlive, signal } from "../../host/processes";
import { silent } from "../../host/report";
import { waitFor } from "../../host/wait";
import { forgetPowerCut } from "../../machines/disk";
import { ensureImage } from "../../machines/image";
import { launch, leaderOf, waitForLeader } from "../../machines/launcher";
import { endProcesses, groupOf, POWER_OFF } from "../../machines/machine";
import { machineDirectory, readRecord, writeRecord } from "../../machines/record";
import { ip, namespaces, setSysctls, tryIp } from "../../network/ip";
import { ENDPOINT } from "../../network/port";
import { vpcNames } from "../network/names";
import { CLIENT, createDisk } from "./disk";
import type { RegionPlan } from "./plan";
import { instanceNamespace } from "./realise";

/**
 * How long a machine has to shut down in good order before its power is cut. EC2 lets shutdown scripts delay
 * it by minutes, and forces it after hours (User Guide, "Troubleshoot instance termination").
 */
const SHUTDOWN_MS = 180_000;

/** Whether a machine's processes are there. */
export async function isOn(plan: RegionPlan, machine: string): Promise<boolean> {
  const record = await readRecord(plan, machine);
  return record?.process !== null && record?.bootId === bootId() && isAlive(record.process);
}

/** Makes the namespace into which the network plugs the machine's interfaces. */
export async function makeNamespace(plan: RegionPlan, machine: string): Promise<void> {
  const name = instanceNamespace(plan, machine);
  if ((await namespaces(name)).includes(name)) return;
  await ip(undefined, [["netns", "add", name]]);
  await ip(name, [["link", "set", "lo", "up"]]);
  await setSysctls(name, ENDPOINT);
}

/** Switches a machine on, with the files that it had; its interfaces are plugged in. */
export async function switchOn(plan: RegionPlan, machine: string): Promise<void> {
  const before = await readRecord(plan, machine);
  await endProcesses(plan, { name: machine });
  const upper = join(machineDirectory(plan, machine), "upper/etc/machine-id");
  const keep = before && existsSync(upper) && existsSync(before.image) ? before.image : undefined;
  const image = keep ?? (await ensureImage(plan.release, machine === CLIENT ? "site" : "ec2", silent));
  if (keep) await forgetPowerCut(plan, machine);
  else await createDisk(plan, machine, image);
  const process = await launch(plan, { name: machine }, image, await groupOf(plan, { name: machine }));
  await writeRecord(plan, machine, { incarnation: 1, image, bootId: bootId(), process });
  await waitForLeader(process, machine);
}

/** Cuts a machine's power: its cables go first, so that no dying process says goodbye. */
export async function cutPower(plan: RegionPlan, machine: string, cables: readonly string[]): Promise<void> {
  for (const cable of cables) await tryIp(vpcNames(plan.id).router, ["link", "delete", "dev", cable]);
  await endProcesses(plan, { name: machine });
}

/** Takes a machine's namespace away, once the network has nothing to plug into it any more. */
export async function removeNamespace(plan: RegionPlan, machine: string): Promise<void> {
  await tryIp(undefined, ["netns", "delete", instanceNamespace(plan, machine)]);
}

/** Lets a machine shut down in good order, at most twenty seconds. */
export async function shutDown(plan: RegionPlan, machine: string, cables: readonly string[]): Promise<void> {
  const supervisor = (await readRecord(plan, machine))?.process;
  const leader = supervisor ? await leaderOf(supervisor) : undefined;
  if (supervisor && leader !== undefined) {
    signal(leader, POWER_OFF);
    await waitFor(`the shutdown of ${machine}`, SHUTDOWN_MS, () => !isAlive(supervisor)).catch(() => {});
  }
  await cutPower(plan, machine, cables);
}

/** Throws a machine's files away. */
export const forget = (plan: RegionPlan, machine: string): Promise<void> =>
  removeTree(machineDirectory(plan, machine));
