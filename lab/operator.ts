import { resolve } from "node:path";
import type { Surroundings } from "../cli/commands/target";
import { readInventory } from "../cli/inventory";
import { newProgram } from "../cli/program";
import { runProgram } from "../cli/run-program";
import { UserError } from "../config/user-error";
import { findRunning, type Kind, type RunningLab } from "./stacks";

/**
 * The operator's command line on the lab that runs: `npm run status`, `npm run switchover`, `npm run drill`.
 * Arguments: a command of `nginx-ha` and its own; `-s lab-hosts` or `-s lab-aws` when both labs run.
 */
const clone = resolve(__dirname, "..");
const kinds: Kind[] = ["aws", "hosts"];

async function labOf(stack: string | undefined): Promise<RunningLab> {
  for (const kind of kinds.filter((one) => stack === undefined || stack === `lab-${one}`)) {
    const found = await findRunning({ kind, name: process.env.NGINX_HA_LAB, clone }, () => {});
    if (found) return found;
  }
  throw new UserError(`There is no lab${stack ? ` ${stack}` : ""}. Start it: npm run lab`);
}

let lab: RunningLab | undefined;
const surroundings: Surroundings = {
  async inventoryOf({ stack }) {
    lab = await labOf(stack);
    return readInventory({ stack: lab.stack, configFile: lab.file, env: lab.pulumi.env });
  },
  // Its machines are containers: the lab is their power supply.
  power: {
    cut: async (node) => lab?.power("cut", node),
    restore: async (node) => lab?.power("restore", node),
  },
  clients: async () => ["ip", "netns", "exec", lab?.client ?? ""],
};

void runProgram(newProgram(surroundings));
