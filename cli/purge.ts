import type { ReachableNode } from "../config/inventory";
import { UserError } from "../config/user-error";
import { script } from "../node/scripts";
import { nodeNamed, readInventory, type StackSource } from "./inventory";
import { runOnNode } from "./ssh";

/** Takes everything off the node of this name. */
export const purge = async (source: StackSource, name: string): Promise<string> =>
  purgeNode(nodeNamed(await readInventory(source), name));

/**
 * Takes everything of nginx-ha off a node: services, files, addresses, rules, and the packages that it installed.
 * The stack's state is left alone: a later `pulumi up --replace` or a new host key sets the node up anew.
 */
export async function purgeNode(node: ReachableNode): Promise<string> {
  const { name } = node;
  const { exitCode, stdout, stderr } = await runOnNode(node, script("purge", { NODE: name }), 300);
  if (exitCode !== 0)
    throw new UserError(`${name} was not purged: ${stderr.trim() || `exit status ${exitCode}`}`);
  return stdout.trim();
}
