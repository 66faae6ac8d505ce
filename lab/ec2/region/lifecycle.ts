import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../config/user-error";
import { bootId } from "../../host/boot-id";
import { cgroup, cgroupExists, killCgroup, removeCgroup } from "../../host/cgroups";
import { readJson, removeTree } from "../../host/files";
import { withLock } from "../../host/locks";
import { isAlive, signal } from "../../host/processes";
import { type Report, secondsSince, silent } from "../../host/report";
import { ensureHost, requireHost } from "../../host/requirements";
import { startDetached } from "../../host/sessions";
import { waitFor } from "../../host/wait";
import { ensureImage } from "../../machines/image";
import { uplinkExists } from "../../network/uplink";
import { prepareKernel, unregisterLab } from "../../state/kernel";
import { labNames } from "../../state/names";
import { labDirectory, labId } from "../../state/plan";
import { claimSlot } from "../../state/slots";
import { removeVpc } from "../network/router";
import { control } from "./control";
import { apiAddress, files, planRegion, type RegionPlan, readPlan, writePlan } from "./plan";

export interface RegionInput {
  name: string;
  clone: string;
  /** `lab-…` */
  region: string;
  release: RegionPlan["release"];
}

const START_MS = 120_000;
const LOCK_MS = 900_000;

const processSchema = z.object({ pid: z.number(), startTime: z.number(), bootId: z.string() });

/** Starts the Region, or what is missing of it; machines and addresses are as they were. */
export async function startRegion(input: RegionInput, report: Report = silent): Promise<RegionPlan> {
  await ensureHost(report);
  return exclusively(input, report, async () => {
    const directory = labDirectory(input.clone, input.name);
    const before = await readPlan(directory);
    if (before && (before.release !== input.release || before.region !== input.region)) {
      throw new UserError(
        `The lab ${input.name} is ${before.region} on ${before.release}, not ${input.region} on ${input.release}: run \`npm run lab -- down\` first.`,
      );
    }
    for (const kind of ["ec2", "site"] as const) await ensureImage(input.release, kind, report);
    if (before && (await isRunning(before))) return before;
    const start = performance.now();
    const slot = await claimSlot(labId(input.clone, input.name), directory, before?.slot);
    const plan = before?.slot === slot ? before : newPlan(input, slot);
    report(`${before ? "Restoring" : "Starting"} the Region ${plan.region}`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // Other addresses than before: what was made with the old ones is of no use.
    if (plan !== before) await removeTree(files(directory).model);
    await writePlan(plan);
    // Half a network cannot be told from a whole one: without its uplink it is built anew, and the machines with it.
    if (!(await uplinkExists({ id: plan.id, subnet: { cidr: plan.publicRange, hostLink: plan.hostLink } })))
      await clearKernel(plan.id);
    await prepareKernel();
    await startProcess(plan, input.clone);
    report(`The Region ${plan.region} runs after ${secondsSince(start)}`);
    return plan;
  });
}

/** Removes everything that carries the Region's id, then its folder, whatever of it is left. */
export async function stopRegion(
  input: Pick<RegionInput, "name" | "clone">,
  report: Report = silent,
): Promise<void> {
  requireHost();
  const directory = labDirectory(input.clone, input.name);
  await exclusively(input, report, async () => {
    await endProcess(directory);
    const id = labId(input.clone, input.name);
    await clearKernel(id);
    await unregisterLab(id);
    await removeTree(directory);
  });
  await rmdir(dirname(directory)).catch(() => {});
}

/** The plan of a Region that was started. */
export const findRegion = ({
  name,
  clone,
}: Pick<RegionInput, "name" | "clone">): Promise<RegionPlan | undefined> =>
  readPlan(labDirectory(clone, name));

/** Whether the Region's process answers. */
export async function isRunning(plan: RegionPlan): Promise<boolean> {
  return (await processOf(plan.directory)) !== undefined && isUp(plan.directory);
}

/** The standard environment by which AWS's SDKs, and the provider, find this Region as its operator. */
export const operatorEnvironment = (plan: RegionPlan) => ({
  AWS_ENDPOINT_URL: `https://${apiAddress(plan)}`,
  AWS_CA_BUNDLE: files(plan.directory).authority,
  AWS_ACCESS_KEY_ID: plan.accessKeyId,
  AWS_SECRET_ACCESS_KEY: plan.secretAccessKey,
  AWS_REGION: plan.region,
});

function newPlan({ name, clone, region, release }: RegionInput, slot: number): RegionPlan {
  const random = randomBytes(64).toString("hex");
  return planRegion({ name, clone, region, release, slot, random });
}

/** tsx's hook instead of its program: one process, which our signals reach. */
async function startProcess(plan: RegionPlan, clone: string): Promise<void> {
  const hook = join(clone, "node_modules/tsx/dist/cjs/index.cjs");
  const log = openSync(files(plan.directory).log, "a", 0o600);
  const argv = [process.execPath, "--require", hook, join(__dirname, "main.ts"), plan.directory];
  await removeTree(files(plan.directory).process);
  const pid = startDetached(argv, log, {});
  closeSync(log);
  await waitFor(`the Region ${plan.region} (its log: ${files(plan.directory).log})`, START_MS, async () => {
    if (!isThere(pid)) throw new Error(`the Region's process ended: ${await lastWords(plan)}`);
    return isRunning(plan);
  });
}

const isUp = (directory: string): Promise<boolean> =>
  control(files(directory).socket, "status").then(
    () => true,
    () => false,
  );

async function processOf(directory: string) {
  const parsed = processSchema.safeParse(await readJson(files(directory).process));
  return parsed.success && parsed.data.bootId === bootId() && isAlive(parsed.data) ? parsed.data : undefined;
}

async function endProcess(directory: string): Promise<void> {
  const running = await processOf(directory);
  if (!running) return;
  signal(running.pid, "SIGKILL");
  await waitFor("the end of the Region's process", 15_000, () => !isAlive(running));
}

/** Removes processes, namespaces, links, routes, tables and cgroups by their names alone. */
async function clearKernel(id: string): Promise<void> {
  const group = await cgroup(labNames(id).cgroup);
  if (cgroupExists(group)) await killCgroup(group);
  await removeVpc(id);
  if (cgroupExists(group)) await removeCgroup(group);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function lastWords({ directory }: RegionPlan): Promise<string> {
  const log = await readFile(files(directory).log, "utf8");
  return log.trim().split("\n").slice(-15).join("\n");
}

function exclusively<T>(
  { name, clone }: Pick<RegionInput, "name" | "clone">,
  report: Report,
  work: () => Promise<T>,
): Promise<T> {
  const directory = labDirectory(clone, name);
  const options = { busy: `it starts or stops the lab ${name}`, limitMs: LOCK_MS, report };
  return withLock(join(dirname(directory), name), options, work);
}
