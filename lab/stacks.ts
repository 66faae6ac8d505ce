import type { PairStatus } from "../cli/status/pair-status";
import * as aws from "./aws/stack";
import { execInAws, powerInAws, readStatus as readAwsStatus } from "./aws/status";
import { prepareAws } from "./aws/up";
import {
  findRegion,
  isRunning,
  operatorEnvironment,
  type RegionInput,
  stopRegion,
} from "./ec2/region/lifecycle";
import type { RegionPlan } from "./ec2/region/plan";
import type { Report } from "./host/report";
import type { Result } from "./host/run";
import { type ExecOptions, exec } from "./machines/exec";
import { boot, powerOff } from "./machines/machine";
import type { Release } from "./machines/mirror";
import { openPulumi, type Pulumi } from "./pair/engine";
import * as hosts from "./pair/stack";
import { readStatus } from "./pair/status";
import { preparePair } from "./pair/up";
import { findLab, stopLab } from "./state/lifecycle";
import { machineNamespace } from "./state/names";
import { type LabPlan, machineNamed } from "./state/plan";

/** The two clouds of the lab: machines on one segment, or a Region. */
export type Kind = "aws" | "hosts";

/** Which lab of this clone: each name has a lab of either kind. */
export interface Which {
  kind: Kind;
  /** Nothing is the one in everybody's way. */
  name?: string;
  clone: string;
}

/** A lab that runs, with its stack. */
export interface RunningLab {
  kind: Kind;
  stack: string;
  /** The stack's configuration file. */
  file: string;
  pulumi: Pulumi;
  /** The network namespace of its client. */
  client: string;
  status(): Promise<PairStatus>;
  /** Cuts a machine's power, or gives it back; that is harmless to one that is on. */
  power(command: "cut" | "restore", machine: string): Promise<unknown>;
  /** Runs a command inside a machine as root. */
  exec(machine: string, argv: readonly string[], options?: ExecOptions): Promise<Result>;
}

/** A lab's name, which is also its folder's. */
const labName = ({ kind, name }: Which): string => (name === undefined ? kind : `${name}-${kind}`);

/** What a lab is made of, beside its kind. */
export interface Made {
  release: Release;
  /** A Region's name. */
  region?: string;
  /** A stack of the project on platform `aws`, whose configuration the Region's stack gets. */
  from?: string;
}

/** Starts the lab, and writes its stack; `pulumi up` is the next step. */
export async function prepareLab(which: Which, made: Made, report: Report): Promise<RunningLab> {
  const { release, region, from } = made;
  const input = { name: labName(which), clone: which.clone, release };
  if (which.kind === "hosts") {
    const { plan, pulumi } = await preparePair(input, report);
    return onHosts(plan, pulumi);
  }
  const { plan, pulumi } = await prepareAws({ ...input, region: region ?? REGION }, report, from);
  return onAws(plan, pulumi);
}

/** The lab as it runs; nothing when there is none. */
export async function findRunning(which: Which, report: Report): Promise<RunningLab | undefined> {
  const at = { name: labName(which), clone: which.clone };
  if (which.kind === "hosts") {
    const found = await findLab(at);
    return found && onHosts(found.plan, await openPulumi(which.clone, found.plan.directory, report));
  }
  const plan = await findRegion(at);
  if (!plan || !(await isRunning(plan))) return undefined;
  return onAws(plan, await openPulumi(which.clone, plan.directory, report, operatorEnvironment(plan)));
}

/** Ends the lab, whatever of it is left. */
export const endLab = (which: Which, report: Report): Promise<void> => {
  const at: Pick<RegionInput, "name" | "clone"> = { name: labName(which), clone: which.clone };
  return which.kind === "hosts" ? stopLab(at, report) : stopRegion(at, report);
};

const REGION = "lab-1";

const onHosts = (plan: LabPlan, pulumi: Pulumi): RunningLab => ({
  kind: "hosts",
  stack: hosts.stackName,
  file: hosts.stackFile(plan),
  pulumi,
  client: machineNamespace(plan.id, "client"),
  status: () => readStatus(plan),
  power: (command, name) => (command === "cut" ? powerOff : boot)(plan, machineNamed(plan, name)),
  exec: (machine, argv, options) => exec(plan, machineNamed(plan, machine), argv, options),
});

const onAws = (plan: RegionPlan, pulumi: Pulumi): RunningLab => ({
  kind: "aws",
  stack: aws.stackName,
  file: aws.stackFile(plan),
  pulumi,
  client: machineNamespace(plan.id, "client"),
  status: async () => readAwsStatus(plan, await vipOf(pulumi)),
  power: (command, name) => powerInAws(plan, command, name),
  exec: (machine, argv, options) => execInAws(plan, machine, argv, options),
});

/** What the stack says; nothing before its first `up`. */
async function vipOf(pulumi: Pulumi): Promise<string> {
  const { exitCode, stdout } = await pulumi.attempt(["stack", "output", "vip", "--stack", aws.stackName]);
  return exitCode === 0 ? stdout.trim() : "-";
}
