import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exec } from "../../../lab/machines/exec";
import { type LabInput, startLab, stopLab } from "../../../lab/state/lifecycle";
import type { LabPlan, MachinePlan } from "../../../lab/state/plan";
import { REGISTRY_DIRECTORY } from "../../../lab/state/slots";

const machines = [
  { name: "left", host: 11, image: "node" },
  { name: "right", host: 12, image: "site" },
] as const;

export const forwarding = (): string => readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8");

/** How this machine was before the lab. */
export const before = {
  alone: !existsSync(REGISTRY_DIRECTORY),
  forwarding: process.platform === "linux" ? forwarding() : "",
};

interface Place {
  /** A folder of its own. */
  clone: string;
  input: LabInput;
}

let place: Place | undefined;
let started: (Place & { plan: LabPlan; left: MachinePlan; right: MachinePlan }) | undefined;

/** The lab of these tests, of two machines. */
export function lab(): NonNullable<typeof started> {
  if (!started) throw new Error("the lab was not started");
  return started;
}

export async function start(): Promise<void> {
  const clone = await mkdtemp(join(tmpdir(), "lab-"));
  place = { clone, input: { name: "live", clone, release: "trixie", machines } };
  const plan = await startLab(place.input, console.error);
  const [left, right] = plan.machines as [MachinePlan, MachinePlan];
  started = { ...place, plan, left, right };
}

/** Also of one that did not start. */
export async function end(): Promise<void> {
  if (!place) return;
  await stopLab(place.input);
  await rm(place.clone, { recursive: true, force: true });
}

export const sh = (machine: MachinePlan, script: string, timeoutMs = 30_000) =>
  exec(lab().plan, machine, ["sh", "-c", script], { timeoutMs });

export const pings = async (from: MachinePlan, to: MachinePlan): Promise<boolean> =>
  (await sh(from, `ping -q -c 3 -i 0.05 -W 1 ${to.address}`)).exitCode === 0;
