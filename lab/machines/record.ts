import { join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomically } from "../host/files";
import type { LabPlace } from "../state/plan";

const recordSchema = z.object({
  /** How often the machine was made: a replaced one has another MAC address, host key and machine id. */
  incarnation: z.number().int().positive(),
  /** The shared root under its files, for as long as these exist. */
  image: z.string(),
  bootId: z.string(),
  /** systemd-nspawn, while it runs. */
  process: z.object({ pid: z.number().int(), startTime: z.number() }).nullable(),
});

/** What the lab remembers of a machine, in `machine.json`. */
export type MachineRecord = z.infer<typeof recordSchema>;

/** Where a machine's files are. */
export function machineDirectory(plan: LabPlace, machine: string): string {
  return join(plan.directory, "machines", machine);
}

/** The record of a machine; nothing when it was never made or the file is not ours to read. */
export async function readRecord(plan: LabPlace, machine: string): Promise<MachineRecord | undefined> {
  const parsed = recordSchema.safeParse(await readJson(recordPath(plan, machine)));
  return parsed.success ? parsed.data : undefined;
}

/** Replaces the record of a machine. */
export async function writeRecord(plan: LabPlace, machine: string, record: MachineRecord): Promise<void> {
  await writeAtomically(recordPath(plan, machine), `${JSON.stringify(record, null, 2)}\n`);
}

function recordPath(plan: LabPlace, machine: string): string {
  return join(machineDirectory(plan, machine), "machine.json");
}
