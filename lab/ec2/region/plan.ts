import { join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomically } from "../../host/files";
import { subnetOf } from "../../network/addresses";
import { labDirectory, labId } from "../../state/plan";

const planSchema = z.object({
  name: z.string(),
  /** `<clone>/.lab/<name>`: all that the Region keeps. */
  directory: z.string(),
  /** Six hexadecimal digits, part of every name that the kernel knows. */
  id: z.string().regex(/^[0-9a-f]{6}$/),
  /** `lab-…`, as the program's `aws:region` has it. */
  region: z.string(),
  release: z.enum(["trixie", "bookworm"]),
  slot: z.number().int(),
  /** The public addresses: elastic IPs come from here, but for the first, which is the client's. */
  publicRange: z.string(),
  hostLink: z.object({ cidr: z.string(), host: z.string(), lab: z.string(), prefixLength: z.number() }),
  clientAddress: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** The Region's own secret. */
  seed: z.string(),
});

/** One Region as it should be; it holds secrets. */
export type RegionPlan = z.infer<typeof planSchema>;

export interface RegionPlanInput {
  name: string;
  clone: string;
  region: string;
  release: RegionPlan["release"];
  slot: number;
  /** Random hexadecimal digits, at least 64. */
  random: string;
}

/** All names and addresses of a Region; the slot is its number among the labs of this machine. */
export function planRegion({ name, clone, region, release, slot, random }: RegionPlanInput): RegionPlan {
  const { cidr, prefix, hostLink } = subnetOf(slot);
  return {
    name,
    directory: labDirectory(clone, name),
    id: labId(clone, name),
    region,
    release,
    slot,
    publicRange: cidr,
    hostLink,
    clientAddress: `${prefix}.1`,
    accessKeyId: `AKIALAB${random.slice(0, 13).toUpperCase()}`,
    secretAccessKey: random.slice(13, 53),
    seed: random.slice(24),
  };
}

/** The address at which nodes, the client and the host find the API: the lab's end of the uplink. */
export const apiAddress = (plan: RegionPlan): string => plan.hostLink.lab;

/** The names of the services that the API answers for. */
export const apiNames = ({ region }: RegionPlan): string[] => [
  `ec2.${region}.amazonaws.com`,
  `ssm.${region}.amazonaws.com`,
  `sts.${region}.amazonaws.com`,
  "iam.amazonaws.com",
];

/** The files that a Region keeps. */
export const files = (directory: string) => ({
  plan: join(directory, "region-plan.json"),
  model: join(directory, "region.json"),
  log: join(directory, "region.log"),
  socket: join(directory, "region.sock"),
  process: join(directory, "region-process.json"),
  certificates: join(directory, "tls"),
  authority: join(directory, "tls", "ca.crt"),
});

/** The plan of a Region that was started; nothing when there is none. */
export async function readPlan(directory: string): Promise<RegionPlan | undefined> {
  const parsed = planSchema.safeParse(await readJson(files(directory).plan));
  return parsed.success && parsed.data.directory === directory ? parsed.data : undefined;
}

export const writePlan = (plan: RegionPlan): Promise<void> =>
  writeAtomically(files(plan.directory).plan, `${JSON.stringify(plan, null, 2)}\n`, 0o600);
