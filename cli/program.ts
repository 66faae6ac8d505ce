import { Command } from "commander";
import { addDrill } from "./commands/drill";
import { addPurge } from "./commands/purge";
import { addSsh } from "./commands/ssh";
import { addStatus } from "./commands/status";
import { addSwitchover } from "./commands/switchover";
import { everywhere, type Surroundings } from "./commands/target";

/** Every command, in the order in which somebody meets them. */
export function newProgram(surroundings: Surroundings = everywhere): Command {
  const program = new Command("nginx-ha")
    .description("What an operator does with a pair: look at it, move the VIP, rehearse its failures.")
    .showHelpAfterError("(nginx-ha --help shows what there is)")
    .configureHelp({ sortOptions: true });
  for (const add of [addStatus, addSwitchover, addDrill, addSsh, addPurge]) add(program, surroundings);
  return program;
}
