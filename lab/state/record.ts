import { join } from "node:path";
import { z } from "zod";
import { bootId } from "../host/boot-id";
import { readJson, writeAtomically } from "../host/files";
import { type LabPlan, labDirectory } from "./plan";

const planSchema = z.object({
  name: z.string(),
  directory: z.string(),
  id: z.string().regex(/^[0-9a-f]{6}$/),
  release: z.enum(["trixie", "bookworm"]),
  slot: z.number().int(),
  subnet: z.object({
    prefix: z.string(),
    prefixLength: z.number(),
    cidr: z.string(),
    gateway: z.string(),
    vip: z.string(),
    prefix6: z.string(),
    vip6: z.string(),
    hostLink: z.object({ cidr: z.string(), host: z.string(), lab: z.string(), prefixLength: z.number() }),
  }),
  machines: z.array(
    z.object({
      name: z.string(),
      image: z.enum(["node", "site"]),
      release: z.enum(["trixie", "bookworm"]),
      address: z.string(),
      address6: z.string(),
    }),
  ),
});

const recordSchema = z.object({ bootId: z.string(), plan: planSchema });

/** What `lab.json` says: the lab as it was started, and in which life of this machine. */
export interface LabRecord {
  bootId: string;
  plan: LabPlan;
}

/** The lab that was started under this name; nothing when there is none, or when the file cannot be trusted. */
export async function readLab(clone: string, name: string): Promise<LabRecord | undefined> {
  const directory = labDirectory(clone, name);
  const parsed = recordSchema.safeParse(await readJson(join(directory, "lab.json")));
  return parsed.success && parsed.data.plan.directory === directory ? parsed.data : undefined;
}

/** Notes that this lab is being started. */
export async function writeLab(plan: LabPlan): Promise<void> {
  const record: LabRecord = { bootId: bootId(), plan };
  await writeAtomically(join(plan.directory, "lab.json"), `${JSON.stringify(record, null, 2)}\n`);
}
