import { Command } from "commander";
import { addPublish, addRollback } from "./commands/configuration";
import { addDrill } from "./commands/drill";
import { addLogs } from "./commands/logs";
import { addPurge } from "./commands/purge";
import { addSsh } from "./commands/ssh";
import { addStatus } from "./commands/status";
import { addSwitchover } from "./commands/switchover";
import { everywhere, type Surroundings } from "./commands/target";
import { addUpgrade } from "./commands/upgrade";

const commands = [
  addStatus,
  addSwitchover,
  addDrill,
  addLogs,
  addSsh,
  addPublish,
  addRollback,
  addUpgrade,
  addPurge,
];

/** Every command, in the order in which somebody meets them. */
export function newProgram(surroundings: Surroundings = everywhere): Command {
  const program = new Command("nginx-ha")
    .description("What an operator does with a pair: look at it, move the VIP, rehearse its failures.")
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      "after",
      `
A pair is named by --stack NAME (the Pulumi stack, in the program's directory) or --inventory FILE; NGINX_HA_STACK and
NGINX_HA_INVENTORY do the same.

Examples:
  nginx-ha status -s prod
  nginx-ha switchover -s prod
  nginx-ha drill nginx-kill -s staging
  source <(nginx-ha completion bash)`,
    );
  for (const add of commands) add(program, surroundings);
  return program;
}
