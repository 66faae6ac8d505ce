import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import pc from "picocolors";
import { UserError } from "../config/user-error";
import { nodeNamed, readInventory } from "./inventory";
import { purge } from "./purge";
import { openOnNode } from "./ssh";

const program = new Command("nginx-ha").description("What an operator does with a pair.");

program
  .command("purge")
  .description("take everything of nginx-ha off a node, packages that it installed included")
  .argument("<node>", "the node's name in the stack's configuration")
  .requiredOption("-s, --stack <name>", "the stack")
  .option("-y, --yes", "do not ask")
  .action(async (node: string, { stack, yes }: { stack: string; yes?: boolean }) => {
    if (!yes && !(await confirmed(`Take nginx, keepalived and all of nginx-ha off ${node}?`))) {
      throw new UserError(`${node} was left as it is; add --yes to skip the question`);
    }
    console.log(await purge({ stack }, node));
  });

program
  .command("ssh")
  .description("open a shell on a node, or run a command there")
  .argument("<node>", "the node's name in the stack's configuration")
  .argument("[command...]", "what to run instead of a shell")
  .requiredOption("-s, --stack <name>", "the stack")
  .action(async (node: string, command: string[], { stack }: { stack: string }) => {
    process.exitCode = await openOnNode(nodeNamed(await readInventory({ stack }), node), command);
  });

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer);
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof UserError ? `${pc.red("error:")} ${error.message}` : error);
  process.exitCode = 1;
});
