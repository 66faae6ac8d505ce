import { rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../config/user-error";
import { cgroup, cgroupExists, killCgroup, removeCgroup } from "../host/cgroups";
import { removeTree } from "../host/files";
import { withLock } from "../host/locks";
import { type Report, secondsSince, silent } from "../host/report";
import { ensureHost, requireHost } from "../host/requirements";
import { ensureImage } from "../machines/image";
import { ensureKey, loginKey } from "../machines/keys";
import { boot } from "../machines/machine";
import type { Release } from "../machines/mirror";
import { createNetwork, networkExists, removeNetwork } from "../network/network";
import { inspectLab, type LabState } from "./inspect";
import { unregisterLab } from "./kernel";
import { labNames } from "./names";
import { type LabPlan, labDirectory, labId, type MachineSpec, planLab } from "./plan";
import { readLab, writeLab } from "./record";
import { claimSlot } from "./slots";

/** Which lab, of which clone. */
export interface LabInput {
  name: string;
  clone: string;
  release: Release;
  machines?: readonly MachineSpec[];
}

const LIMIT_MS = 900_000;

/** Starts what is missing of a lab, and leaves what runs alone; returns the plan it runs by. */
export async function startLab(input: LabInput, report: Report = silent): Promise<LabPlan> {
  await ensureHost(report);
  return exclusively(input, report, async () => {
    const plan = await settle(input);
    const { network, status, machines } = await inspectLab(plan, input.clone);
    if (status === "running") return plan;
    for (const kind of new Set(plan.machines.map((machine) => machine.image))) {
      await ensureImage(plan.release, kind, report);
    }
    const start = performance.now();
    if (status !== "nothing") report(reason(plan, status));
    if (!network) await rebuildNetwork(plan);
    await writeLab(plan);
    await ensureKey(loginKey(plan), `nginx-ha lab ${plan.name}`);
    const off = plan.machines.filter(({ name }) => !network || machines[name]?.status !== "running");
    report(`Booting ${off.map(({ name }) => name).join(", ")}`);
    await bootAll(plan, off, report);
    report(`Booted ${off.length} machines in ${secondsSince(start)}`);
    return plan;
  });
}

/** Removes everything that carries the lab's id, then its folder, whatever of it is left. */
export async function stopLab(
  input: Pick<LabInput, "name" | "clone">,
  report: Report = silent,
): Promise<void> {
  requireHost();
  const id = labId(input.clone, input.name);
  const directory = labDirectory(input.clone, input.name);
  await exclusively(input, report, async () => {
    await clearKernel(id);
    await unregisterLab(id);
    await removeTree(directory);
  });
  await rmdir(dirname(directory)).catch(() => {});
}

/** The plan of a lab that was started, and how it is; nothing when there is no such lab. */
export async function findLab(
  input: Pick<LabInput, "name" | "clone">,
): Promise<{ plan: LabPlan; state: LabState } | undefined> {
  const record = await readLab(input.clone, input.name);
  return record && { plan: record.plan, state: await inspectLab(record.plan, input.clone) };
}

/** The plan, with the slot that the lab had before if nobody else has it now. */
async function settle(input: LabInput): Promise<LabPlan> {
  const before = await readLab(input.clone, input.name);
  if (before && before.plan.release !== input.release) {
    throw new UserError(
      `The lab ${input.name} runs ${before.plan.release}, not ${input.release}: run \`npm run lab -- down\` first.`,
    );
  }
  planLab({ ...input, slot: 0 });
  const id = labId(input.clone, input.name);
  const slot = await claimSlot(id, labDirectory(input.clone, input.name), before?.plan.slot);
  return planLab({ ...input, slot });
}

function reason(plan: LabPlan, status: LabState["status"]): string {
  const what = status === "rebooted" ? "this machine was rebooted" : "some of it is gone";
  return `Restoring the lab ${plan.name}: ${what}`;
}

/** A machine's port goes with the segment, so the machines are switched off first and booted after. */
async function rebuildNetwork(plan: LabPlan): Promise<void> {
  await clearKernel(plan.id);
  await createNetwork(plan);
}

async function bootAll(plan: LabPlan, machines: LabPlan["machines"], report: Report): Promise<void> {
  const outcomes = await Promise.allSettled(machines.map((machine) => boot(plan, machine, report)));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  if (!(await networkExists(plan)))
    throw new Error(`the network of the lab ${plan.name} went away while it booted`);
}

/** Removes processes, namespaces, links, routes, tables and cgroups by their names alone. */
async function clearKernel(id: string): Promise<void> {
  const group = await cgroup(labNames(id).cgroup);
  if (cgroupExists(group)) await killCgroup(group);
  await removeNetwork(id);
  if (cgroupExists(group)) await removeCgroup(group);
}

function exclusively<T>(
  input: Pick<LabInput, "name" | "clone">,
  report: Report,
  work: () => Promise<T>,
): Promise<T> {
  const directory = labDirectory(input.clone, input.name);
  const options = { busy: `it starts or stops the lab ${input.name}`, limitMs: LIMIT_MS, report };
  return withLock(join(dirname(directory), `${input.name}`), options, work);
}
