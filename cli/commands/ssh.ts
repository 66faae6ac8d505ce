import type { Command } from "commander";
import { nodeNamed } from "../inventory";
import { openOnNode } from "../ssh";
import { onPair, type Surroundings, type Target } from "./target";

export const addSsh = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("ssh"))
    .description("open a shell on a node, or run a command there")
    .argument("<node>", "the node's name in the stack's configuration")
    .argument("[command...]", "what to run instead of a shell")
    .addHelpText(
      "after",
      `
Examples:
  nginx-ha ssh nginx-a -s prod
  nginx-ha ssh nginx-a -s prod -- journalctl -u keepalived -n 50`,
    )
    .action(async (node: string, command: string[], options: Target) => {
      process.exitCode = await openOnNode(nodeNamed(await inventoryOf(options), node), command);
    });
