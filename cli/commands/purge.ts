import type { Command } from "commander";
import { UserError } from "../../config/user-error";
import { nodeNamed } from "../inventory";
import { purgeNode } from "../purge";
import { confirmed } from "../terminal/ask";
import { onPair, type Surroundings, type Target } from "./target";

export const addPurge = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("purge"))
    .description("take everything of nginx-ha off a node, packages that it installed included")
    .argument("<node>", "the node's name in the stack's configuration")
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      `
Examples:
  nginx-ha purge nginx-b -s prod
  nginx-ha purge nginx-b --inventory pair.json --yes`,
    )
    .action(async (name: string, { yes, ...target }: Target & { yes?: boolean }) => {
      const node = nodeNamed(await inventoryOf(target), name);
      if (!yes && !(await confirmed(`Take nginx, keepalived and all of nginx-ha off ${name}?`)))
        throw new UserError(`${name} was left as it is; add --yes to skip the question`);
      console.log(await purgeNode(node));
    });
