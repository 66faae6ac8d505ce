import { readFile } from "node:fs/promises";
import { z } from "zod";
import { addressOf } from "../config/addresses";
import type { HostsCluster } from "../config/cluster";
import { type Inventory, inventory, type ReachableNode } from "../config/inventory";
import { parseCluster } from "../config/parse";
import { sharedValue, withShared } from "../config/shared";
import { UserError } from "../config/user-error";
import { run } from "./run";

/** Where a stack's configuration is read, and with which engine. */
export interface StackSource {
  stack: string;
  /** Pulumi's environment. @default this process's */
  env?: NodeJS.ProcessEnv;
  /** When it is not `Pulumi.<stack>.yaml`. */
  configFile?: string;
}

const config = z.object({
  "nginx-ha:cluster": z.object({ objectValue: z.unknown() }).optional(),
  "nginx-ha:shared": z.object({ value: z.string() }).optional(),
  "nginx-ha:sshPrivateKey": z.object({ value: z.string() }).optional(),
});

/**
 * How to reach a stack's nodes, told by Pulumi itself, so that any secrets provider works. On platform `hosts` the
 * configuration says it, also after a `destroy`; what a stack made is in its outputs. Both are asked at once.
 * @throws UserError when Pulumi refuses, or when the configuration has problems
 */
export async function readInventory(source: StackSource): Promise<Inventory> {
  const file = source.configFile ? ["--config-file", source.configFile] : [];
  const [own, made] = await Promise.all([
    pulumi(source, "configuration", ["config", "--json", "--show-secrets", ...file]),
    pulumi(source, "outputs", ["stack", "output", "--json", "--show-secrets"]),
  ]);
  if ("problem" in own) throw new UserError(own.problem);
  const read = config.parse(own.value);
  const cluster = read["nginx-ha:cluster"]?.objectValue;
  const shared = sharedValue(read["nginx-ha:shared"]?.value);
  if (cluster === undefined && !shared) return fromOutputs(source, made);
  const merged = withShared(cluster, shared);
  if ("problem" in merged) throw new UserError(merged.problem);
  const { platform } = z.object({ platform: z.string().optional() }).parse(merged.cluster);
  if (platform !== "hosts") return fromOutputs(source, made);
  const parsed = parseCluster(merged.cluster);
  if ("problems" in parsed) throw new UserError(parsed.problems.join("\n"));
  if (parsed.cluster.platform !== "hosts") return fromOutputs(source, made);
  const key = read["nginx-ha:sshPrivateKey"];
  if (!key) throw new UserError(`The stack ${source.stack} has no nginx-ha:sshPrivateKey.`);
  return hostsInventory(parsed.cluster, key.value);
}

/** An inventory that somebody wrote: JSON in the form of config/inventory.ts. */
export async function fileInventory(path: string): Promise<Inventory> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code}).`);
  });
  const json = parsedJson(text);
  if (json === undefined) throw new UserError(`${path} is not JSON.`);
  const read = inventory.safeParse(json);
  if (read.success) return read.data;
  const problems = read.error.issues.map(
    ({ path: at, message }) => `${at.join(".") || "the file"}: ${message}`,
  );
  throw new UserError(`${path} is not an inventory: ${problems.join("; ")}.`);
}

/** The node of this name. */
export function nodeNamed({ nodes }: Inventory, name: string): ReachableNode {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw new UserError(
    `There is no node ${name}; the stack has ${nodes.map((other) => other.name).join(" and ")}.`,
  );
}

const hostsInventory = (cluster: HostsCluster, privateKey: string): Inventory => ({
  name: cluster.name,
  vip: addressOf(cluster.vip.address),
  port: cluster.nginx.port,
  production: cluster.production,
  nodes: cluster.nodes.map(({ name, zone, address, ssh }) => ({
    name,
    zone,
    ssh: {
      ...ssh,
      host: ssh.host ?? address,
      hostKey: ssh.hostKey.split(" ").slice(0, 2).join(" "),
      privateKey,
    },
  })),
});

/** A program of somebody's own may export it under any name. */
function fromOutputs({ stack }: StackSource, outputs: Told): Inventory {
  if ("problem" in outputs) throw new UserError(outputs.problem);
  const found = Object.values(z.record(z.string(), z.unknown()).parse(outputs.value)).find(
    (value) => inventory.safeParse(value).success,
  );
  if (found !== undefined) return inventory.parse(found);
  throw new UserError(`The stack ${stack} has no nodes yet: run pulumi up --stack ${stack}`);
}

type Told = { value: unknown } | { problem: string };

/** What Pulumi says as JSON, or in one line why it does not. */
async function pulumi({ stack, env }: StackSource, what: string, argv: readonly string[]): Promise<Told> {
  const all = ["pulumi", "--non-interactive", ...argv, "--stack", stack];
  const { exitCode, stdout, stderr } = await run(all, { env, limitS: 60 });
  const value = exitCode === 0 ? parsedJson(stdout) : undefined;
  if (value !== undefined) return { value };
  const why = stderr.trim().replace(/^error: /, "");
  return { problem: `Pulumi does not give the ${what} of stack ${stack}: ${why}` };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
