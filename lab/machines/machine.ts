import { existsSync } from "node:fs";
import { bootId } from "../host/boot-id";
import {
  type Cgroup,
  cgroup,
  cgroupExists,
  freezeCgroup,
  isFrozen,
  killCgroup,
  members,
  removeCgroup,
} from "../host/cgroups";
import { isAlive, signal } from "../host/processes";
import { type Report, silent } from "../host/report";
import { waitFor } from "../host/wait";
import { announcePort, createPort, hasPort, removePort, setPort } from "../network/port";
import { machineCgroup } from "../state/names";
import type { LabPlace, LabPlan, MachinePlan } from "../state/plan";
import { createDisk, forgetPowerCut, removeDisk } from "./disk";
import { ensureImage } from "./image";
import { ensureKey, loginKey, writeKnownHosts } from "./keys";
import { launch, leaderOf, waitForLeader } from "./launcher";
import { waitForSsh, waitForUnits } from "./ready";
import { type MachineRecord, readRecord, writeRecord } from "./record";

/** A machine without its port is off as well: nothing can be done with it but boot it again. */
export type MachineStatus = "absent" | "off" | "running" | "frozen";

/** What a machine is doing now. */
export interface MachineState {
  status: MachineStatus;
  /** PID 1 of the machine, as the host numbers it. */
  leader?: number;
}

/** SIGRTMIN+4, which asks systemd for a clean power-off; Node has no name for it. */
export const POWER_OFF = 38;

/** Looks at a machine. */
export async function machineState(plan: LabPlan, machine: MachinePlan): Promise<MachineState> {
  const record = await readRecord(plan, machine.name);
  if (!record) return { status: "absent" };
  if (!runs(record) || !(await hasPort(plan.id, machine.name))) return { status: "off" };
  const leader = record.process ? await leaderOf(record.process) : undefined;
  const frozen = await isFrozen(await groupOf(plan, machine));
  return { status: frozen ? "frozen" : "running", leader };
}

/** Switches a machine on, with the files that it had; a machine that runs already is left alone. */
export async function boot(plan: LabPlan, machine: MachinePlan, report: Report = silent): Promise<void> {
  const { status } = await machineState(plan, machine);
  if (status === "running" || status === "frozen") return;
  const before = await readRecord(plan, machine.name);
  await endProcesses(plan, machine);
  await ensureKey(loginKey(plan), `nginx-ha lab ${plan.name}`);
  const disk = await prepareDisk(plan, machine, before, report);
  await createPort(plan, machine, disk.incarnation);
  const process = await launch(plan, machine, disk.image, await groupOf(plan, machine));
  await writeRecord(plan, machine.name, { ...disk, process });
  await announcePort(plan, machine, disk.incarnation);
  await waitForLeader(process, machine.name);
  await waitForSsh(machine);
  // Later on a failed unit may be what somebody looks at: only an empty machine must be flawless.
  if (disk.incarnation !== before?.incarnation) await waitForUnits(plan, machine);
  await writeKnownHosts(plan);
}

/** Cuts a machine's power: first its cable goes dead, so that no dying process says goodbye, then everything in it. */
export async function powerOff(plan: LabPlan, machine: MachinePlan): Promise<void> {
  await setPort(plan.id, machine.name, "down");
  await endProcesses(plan, machine);
  await removePort(plan.id, machine.name);
}

/** Lets a machine shut down in good order, and waits until it is off. */
export async function cleanShutdown(plan: LabPlan, machine: MachinePlan, limitMs = 30_000): Promise<void> {
  const record = await readRecord(plan, machine.name);
  const supervisor = record?.process;
  const leader = supervisor ? await leaderOf(supervisor) : undefined;
  if (supervisor && leader !== undefined) {
    signal(leader, POWER_OFF);
    await waitFor(`the clean shutdown of ${machine.name}`, limitMs, () => !isAlive(supervisor));
  }
  await powerOff(plan, machine);
}

/** Throws a machine away and boots an empty one under its name and address, with another host key. */
export async function replaceMachine(
  plan: LabPlan,
  machine: MachinePlan,
  report: Report = silent,
): Promise<void> {
  await removeMachine(plan, machine);
  await boot(plan, machine, report);
}

/** Throws a machine away; what stays is that it existed, so that the next one is told apart. */
async function removeMachine(plan: LabPlan, machine: MachinePlan): Promise<void> {
  await powerOff(plan, machine);
  await removeDisk(plan, machine.name);
}

/** Stops a machine as a hypervisor's pause does; its peers see it silent. */
export async function freeze(plan: LabPlan, machine: MachinePlan): Promise<void> {
  await freezeCgroup(await groupOf(plan, machine), true);
}

/** Lets a frozen machine go on where it stopped. */
export async function thaw(plan: LabPlan, machine: MachinePlan): Promise<void> {
  await freezeCgroup(await groupOf(plan, machine), false);
}

/** The cgroup of a machine's processes. */
export async function groupOf(plan: LabPlace, machine: Pick<MachinePlan, "name">): Promise<Cgroup> {
  return cgroup(machineCgroup(plan.id, machine.name));
}

/** Kills whatever is in the machine's cgroup, and returns when the last process and its mounts are gone. */
export async function endProcesses(plan: LabPlace, machine: Pick<MachinePlan, "name">): Promise<void> {
  const group = await groupOf(plan, machine);
  if (!cgroupExists(group)) return;
  await killCgroup(group);
  await waitFor(`the end of ${machine.name}`, 10_000, async () => (await members(group)).length === 0, 5);
  await removeCgroup(group);
}

/** A machine keeps its files as long as the image under them exists; without it, it starts again from nothing. */
async function prepareDisk(
  plan: LabPlan,
  machine: MachinePlan,
  before: MachineRecord | undefined,
  report: Report,
): Promise<Omit<MachineRecord, "process">> {
  const { existing, lost } = diskOf(plan, machine, before);
  if (existing) {
    await forgetPowerCut(plan, machine.name);
    return { ...existing, bootId: bootId() };
  }
  if (lost) report(`${machine.name}: the image under its files is gone; it starts as an empty machine`);
  await removeDisk(plan, machine.name);
  const image = await ensureImage(machine.release, machine.image, report);
  const incarnation = (before?.incarnation ?? 0) + 1;
  await createDisk(plan, machine, incarnation);
  return { incarnation, image, bootId: bootId() };
}

function diskOf(plan: LabPlan, machine: MachinePlan, before: MachineRecord | undefined) {
  const hasFiles = before && existsSync(`${plan.directory}/machines/${machine.name}/upper/etc/machine-id`);
  const hasImage = before && existsSync(before.image);
  return { existing: hasFiles && hasImage ? before : undefined, lost: hasFiles && !hasImage };
}

function runs(record: MachineRecord): boolean {
  return record.bootId === bootId() && record.process !== null && isAlive(record.process);
}
