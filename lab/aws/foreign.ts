import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Ids that EC2 gives, in an account and a Region. */
const ID = /^(vpc|subnet|rtb|eipalloc|ami)-[0-9a-f]{8,17}$/;

const cluster = z.looseObject({
  platform: z.string(),
  network: z.looseObject({ zones: z.array(z.string()).optional() }).optional(),
  ssh: z.looseObject({ proxy: z.unknown() }).optional(),
});

/**
 * Why a stack cannot come up on a Region of the lab: what it says that exists in its own account alone. The lab puts
 * its own in the place of the Region, ranges and hosted zone, and makes other stacks from `examples/`.
 * @param merged the stack's `nginx-ha:cluster`, with what it shares
 * @param stacks its `nginx-ha:stacks`
 * @returns nothing when it can, or when it is so wrong that its preview says so
 */
export function foreign(merged: unknown, stacks: Record<string, string>, clone: string): string | undefined {
  const read = cluster.safeParse(merged);
  if (!read.success) return undefined;
  const { platform, network, ssh } = read.data;
  if (platform !== "aws") return `it is on platform ${platform}`;
  if (network?.zones) return `network.zones names ${network.zones.join(" and ")}`;
  if (ssh?.proxy) return "ssh.proxy is a bastion that the lab does not have";
  const [id] = idsIn(merged);
  if (id) return `${id.path} names ${id.value}`;
  const missing = Object.values(stacks).find((name) => exampleOf(name, clone) === undefined);
  return missing && `the stack ${missing} has no program in examples/`;
}

/** The program that stands for `organization/PROJECT/STACK`, as a backend of one's own has it: `examples/PROJECT`. */
export function exampleOf(
  name: string,
  clone: string,
): { directory: string; project: string; stack: string } | undefined {
  const [organization, project = "", stack = ""] = name.split("/");
  const directory = join(clone, "examples", project);
  if (organization !== "organization" || !existsSync(join(directory, "Pulumi.yaml"))) return undefined;
  return { directory, project, stack };
}

function idsIn(value: unknown, path = ""): { path: string; value: string }[] {
  if (typeof value === "string") return ID.test(value) ? [{ path, value }] : [];
  if (value === null || typeof value !== "object") return [];
  const list = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) =>
    idsIn(inner, list ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
  );
}
