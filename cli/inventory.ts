import { z } from "zod";
import type { HostConfig } from "../config/hosts";
import { parseCluster } from "../config/parse";
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

/** How to reach the nodes of a stack. */
export interface Inventory {
  nodes: HostConfig[];
  privateKey: string;
}

const config = z.object({
  "nginx-ha:cluster": z.object({ objectValue: z.unknown() }),
  "nginx-ha:sshPrivateKey": z.object({ value: z.string() }),
});

/**
 * Reads nodes and key from the stack's configuration, by Pulumi itself, so that any secrets provider works.
 * @throws UserError when Pulumi refuses, or when the configuration has problems
 */
export async function readInventory({ stack, env, configFile }: StackSource): Promise<Inventory> {
  const argv = ["pulumi", "--non-interactive", "config", "--json", "--show-secrets", "--stack", stack];
  const file = configFile ? ["--config-file", configFile] : [];
  const { exitCode, stdout, stderr } = await run([...argv, ...file], { env, limitS: 60 });
  if (exitCode !== 0)
    throw new UserError(`Pulumi does not give the configuration of stack ${stack}: ${stderr.trim()}`);
  const read = config.safeParse(JSON.parse(stdout));
  if (!read.success)
    throw new UserError(`The stack ${stack} has no nginx-ha:cluster or no nginx-ha:sshPrivateKey.`);
  const parsed = parseCluster(read.data["nginx-ha:cluster"].objectValue);
  if ("problems" in parsed) throw new UserError(parsed.problems.join("\n"));
  if (parsed.cluster.platform !== "hosts")
    throw new UserError(`The machines of stack ${stack} are made by it: pulumi destroy removes them.`);
  return { nodes: parsed.cluster.nodes, privateKey: read.data["nginx-ha:sshPrivateKey"].value };
}

/** The node of this name. */
export function nodeNamed({ nodes }: Inventory, name: string): HostConfig {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw new UserError(
    `There is no node ${name}; the stack has ${nodes.map((other) => other.name).join(" and ")}.`,
  );
}
