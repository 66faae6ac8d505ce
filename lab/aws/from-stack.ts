import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { withShared } from "../../config/shared";
import { UserError } from "../../config/user-error";
import type { RegionPlan } from "../ec2/region/plan";
import { writeAtomically } from "../host/files";
import type { Report } from "../host/report";
import type { Pulumi } from "../pair/engine";
import { exampleOf, foreign } from "./foreign";
import { operatorOf } from "./instances";

const stackFile = z.object({
  config: z.looseObject({
    "aws:region": z.string().optional(),
    "nginx-ha:cluster": z.looseObject({}).default({}),
    "nginx-ha:shared": z.union([z.string(), z.array(z.string())]).optional(),
    "nginx-ha:stacks": z.record(z.string(), z.string()).optional(),
  }),
});

type StackFile = z.output<typeof stackFile>;

/** What the lab's account has, instead of what the stack's own account has. */
export interface Instead {
  region: string;
  /** Where `pulumi up` comes from. */
  sshFrom: string;
  /** Of the zone in which the stack's name is, if it has one, in its own file or in what it shares. */
  zoneId?: string;
}

/**
 * The configuration of a stack for a Region of the lab: the same, but for what names things of another account.
 * Encrypted values are left out: their key is elsewhere.
 * @returns the configuration, and a line for each thing that is not as the stack says it
 */
export function onLab({ config }: StackFile, instead: Instead): { config: object; changed: string[] } {
  const { "aws:region": region, "nginx-ha:cluster": cluster, ...others } = config;
  const { dns, nginx } = cluster as { dns?: object; nginx?: Served };
  const certified = nginx?.certificates !== undefined;
  const own = Object.entries(others).filter(([, value]) => !isSecret(value));
  const left = Object.keys(others).filter((key) => isSecret(others[key]));
  return {
    config: {
      "aws:region": instead.region,
      ...Object.fromEntries(own),
      "nginx-ha:cluster": {
        ...cluster,
        access: { sshFrom: [instead.sshFrom], httpFrom: ["0.0.0.0/0"] },
        ...(certified && { nginx: onLabNginx(nginx) }),
        ...(instead.zoneId !== undefined && { dns: { ...dns, zoneId: instead.zoneId } }),
      },
    },
    changed: [
      `aws:region is ${instead.region} instead of ${region}`,
      `nginx-ha:cluster.access lets the lab's own host log in, and everybody use the VIP`,
      ...(certified ? ["nginx-ha:cluster.nginx.certificates are self-signed"] : []),
      ...(instead.zoneId !== undefined ? [`nginx-ha:cluster.dns.zoneId is a zone of the lab`] : []),
      ...left.map((key) => `${key} is left out`),
    ],
  };
}

/** Whether something of it is encrypted. */
const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && ("secure" in value || Object.values(value).some(isSecret));

interface Served {
  certificates?: { from?: string }[];
}

/** With certificates of the lab's own in the place of those whose keys are encrypted. */
const onLabNginx = (nginx: Served): Served => ({
  ...nginx,
  certificates: nginx.certificates?.map((one) =>
    one.from === undefined || one.from === "secret" ? { ...one, from: "selfSigned" } : one,
  ),
});

/** Writes a stack of the project as the lab's; what it takes from other stacks is made from `examples/`. */
export async function writeFrom(
  stack: string,
  file: string,
  at: { plan: RegionPlan; clone: string; pulumi: Pulumi },
  report: Report,
): Promise<void> {
  const { plan, clone } = at;
  const source = join(clone, `Pulumi.${stack}.yaml`);
  if (!existsSync(source)) throw new UserError(`There is no stack ${stack}: ${source} does not exist.`);
  const read = stackFile.parse(parse(readFileSync(source, "utf8")));
  const merged = withShared(read.config["nginx-ha:cluster"], read.config["nginx-ha:shared"], clone);
  if ("problem" in merged) throw new UserError(merged.problem);
  const stacks = read.config["nginx-ha:stacks"] ?? {};
  const why = foreign(merged.cluster, stacks, clone);
  if (why !== undefined) throw new UserError(`The stack ${stack} cannot come up in the lab: ${why}.`);
  const { dns } = z
    .looseObject({ dns: z.looseObject({ name: z.string() }).optional() })
    .parse(merged.cluster);
  for (const name of Object.values(stacks)) await bringUpExample(name, at, report);
  const zoneId = dns && (await zoneFor(dns.name, file, plan));
  const { config, changed } = onLab(read, {
    region: plan.region,
    sshFrom: `${plan.hostLink.host}/32`,
    zoneId,
  });
  for (const line of changed) report(`in the lab ${line}`);
  await writeAtomically(file, `# Pulumi.${stack}.yaml as the lab has it.\n${stringify({ config })}`);
}

async function bringUpExample(
  name: string,
  { plan, clone, pulumi }: { plan: RegionPlan; clone: string; pulumi: Pulumi },
  report: Report,
): Promise<void> {
  const example = exampleOf(name, clone);
  if (!example)
    throw new UserError(`The lab cannot make the stack ${name}: there is no program for it in examples/.`);
  const { directory, project, stack } = example;
  const file = join(plan.directory, `Pulumi.${project}-${stack}.yaml`);
  await writeAtomically(file, stringify({ config: { "aws:region": plan.region } }));
  const on = ["-C", directory, "--stack", stack];
  await pulumi.attempt(["-C", directory, "stack", "init", stack]);
  report(`pulumi up of examples/${project}, which ${name} stands for`);
  await pulumi.quietly(["up", "--yes", "--skip-preview", ...on, "--config-file", file]);
}

/** The hosted zone of a name in the Region: the one that the lab's stack had before, or a new one. */
async function zoneFor(name: string, file: string, plan: RegionPlan): Promise<string> {
  const before = existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined;
  const zoneId: string | undefined = before?.config["nginx-ha:cluster"]?.dns?.zoneId;
  if (zoneId !== undefined) return zoneId;
  const aws = await operatorOf(plan);
  return aws.route53.createZone(name.split(".").slice(1).join(".")).finally(() => aws.close());
}
