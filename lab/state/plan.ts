import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { UserError } from "../../config/user-error";
import type { Release } from "../machines/mirror";
import type { ImageKind } from "../machines/recipe";
import { type Subnet, subnetOf } from "../network/addresses";

/** One machine as it should be. */
export interface MachinePlan {
  name: string;
  image: ImageKind;
  release: Release;
  address: string;
  address6: string;
}

/** What a machine's files and processes are found by. */
export type LabPlace = Pick<LabPlan, "name" | "directory" | "id">;

/** One lab as it should be. */
export interface LabPlan {
  name: string;
  /** `<clone>/.lab/<name>`: all that the lab keeps. */
  directory: string;
  /** Six characters, unique for clone and name: part of every name that the kernel knows. */
  id: string;
  release: Release;
  slot: number;
  subnet: Subnet;
  machines: MachinePlan[];
}

/** A machine that a lab should have: the last number of its address, and its image. */
export interface MachineSpec {
  name: string;
  host: number;
  image: ImageKind;
}

/** Two nodes, two backends and a client. */
const DEFAULT_MACHINES: readonly MachineSpec[] = [
  { name: "nginx-a", host: 11, image: "node" },
  { name: "nginx-b", host: 12, image: "node" },
  { name: "backend-1", host: 21, image: "site" },
  { name: "backend-2", host: 22, image: "site" },
  { name: "client", host: 31, image: "site" },
];

/** Interfaces of the segment's own namespace, where each machine's port carries the machine's name. */
const RESERVED = ["lan", "lo", "uplink"];

/** What decides a plan. */
export interface PlanInput {
  name: string;
  release: Release;
  clone: string;
  slot: number;
  machines?: readonly MachineSpec[];
}

/** All names and addresses of a lab; the slot is its number among the labs of this machine. */
export function planLab({ name, release, clone, slot, machines = DEFAULT_MACHINES }: PlanInput): LabPlan {
  checkName("lab", name, 30);
  for (const machine of machines) checkMachine(machine);
  if (new Set(machines.map((machine) => machine.name)).size < machines.length) {
    throw new UserError("Two machines of the lab have the same name.");
  }
  const subnet = subnetOf(slot);
  return {
    name,
    directory: labDirectory(clone, name),
    id: labId(clone, name),
    release,
    slot,
    subnet,
    machines: machines.map(({ name: machine, host, image }) => ({
      name: machine,
      image,
      release,
      address: `${subnet.prefix}.${host}`,
      address6: `${subnet.prefix6}${host}`,
    })),
  };
}

/** Where a lab of this name keeps everything. */
export function labDirectory(clone: string, name: string): string {
  return join(resolve(clone), ".lab", name);
}

/** What tells this lab's traces on the machine from those of every other. */
export function labId(clone: string, name: string): string {
  return createHash("sha256")
    .update(`${resolve(clone)}\0${name}`)
    .digest("hex")
    .slice(0, 6);
}

/** The machine of this name. */
export function machineNamed(plan: LabPlan, name: string): MachinePlan {
  const machine = plan.machines.find((candidate) => candidate.name === name);
  if (machine) return machine;
  const names = plan.machines.map((candidate) => candidate.name).join(", ");
  throw new UserError(`The lab ${plan.name} has no machine ${name}: it has ${names}.`);
}

function checkMachine({ name, host }: MachineSpec): void {
  checkName("machine", name, 15);
  if (RESERVED.includes(name))
    throw new UserError(`A machine cannot be called ${name}: the lab uses that name.`);
  if (!Number.isInteger(host) || host < 2 || host > 254) {
    throw new UserError(`The machine ${name} has the address number ${host}: it must be from 2 to 254.`);
  }
}

function checkName(kind: string, name: string, limit: number): void {
  if (/^[a-z][a-z0-9-]*$/.test(name) && name.length <= limit) return;
  throw new UserError(
    `A ${kind} cannot be called "${name}": use at most ${limit} lower-case letters, digits and hyphens, a letter first.`,
  );
}
