import { z } from "zod";
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
 * configuration says it, also after a `destroy`; what a stack made is in its outputs.
 * @throws UserError when Pulumi refuses, or when the configuration has problems
 */
export async function readInventory(source: StackSource): Promise<Inventory> {
  const file = source.configFile ? ["--config-file", source.configFile] : [];
  const text = await pulumi(source, "configuration", ["config", "--json", "--show-secrets", ...file]);
  const read = config.safeParse(JSON.parse(text));
  const own = read.data?.["nginx-ha:cluster"]?.objectValue;
  const shared = sharedValue(read.data?.["nginx-ha:shared"]?.value);
  if (!read.success || (own === undefined && !shared))
    throw new UserError(`The stack ${source.stack} has no nginx-ha:cluster.`);
  const merged = withShared(own, shared);
  if ("problem" in merged) throw new UserError(merged.problem);
  const { platform } = z.object({ platform: z.string().optional() }).parse(merged.cluster);
  if (platform !== "hosts") return outputs(source);
  const parsed = parseCluster(merged.cluster);
  if ("problems" in parsed) throw new UserError(parsed.problems.join("\n"));
  if (parsed.cluster.platform !== "hosts") return outputs(source);
  const key = read.data["nginx-ha:sshPrivateKey"];
  if (!key) throw new UserError(`The stack ${source.stack} has no nginx-ha:sshPrivateKey.`);
  return hostsInventory(parsed.cluster, key.value);
}

/** The node of this name. */
export function nodeNamed({ nodes }: Inventory, name: string): ReachableNode {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw new UserError(
    `There is no node ${name}; the stack has ${nodes.map((other) => other.name).join(" and ")}.`,
  );
}

const hostsInventory = ({ nodes }: HostsCluster, privateKey: string): Inventory => ({
  nodes: nodes.map(({ name, address, ssh }) => ({
    name,
    ssh: {
      ...ssh,
      host: ssh.host ?? address,
      hostKey: ssh.hostKey.split(" ").slice(0, 2).join(" "),
      privateKey,
    },
  })),
});

async function outputs(source: StackSource): Promise<Inventory> {
  const text = await pulumi(source, "outputs", ["stack", "output", "--json", "--show-secrets"]);
  const read = z.object({ inventory }).safeParse(JSON.parse(text));
  if (read.success) return read.data.inventory;
  throw new UserError(`The stack ${source.stack} has no nodes yet: run pulumi up --stack ${source.stack}`);
}

async function pulumi({ stack, env }: StackSource, what: string, argv: readonly string[]): Promise<string> {
  const all = ["pulumi", "--non-interactive", ...argv, "--stack", stack];
  const { exitCode, stdout, stderr } = await run(all, { env, limitS: 60 });
  if (exitCode === 0) return stdout;
  throw new UserError(`Pulumi does not give the ${what} of stack ${stack}: ${stderr.trim()}`);
}
