import { resolve } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { purge } from "../cli/purge";
import { UserError } from "../config/user-error";
import { exec } from "./machines/exec";
import type { Release } from "./machines/mirror";
import { openPulumi } from "./pair/engine";
import { stackFile, stackName } from "./pair/stack";
import { formatStatus, holderOf, problemsOf, readStatus } from "./pair/status";
import { bringUp, preparePair } from "./pair/up";
import { findLab, stopLab } from "./state/lifecycle";
import { type LabPlan, machineNamed } from "./state/plan";

const clone = resolve(__dirname, "..");
const report = (line: string): void => console.error(pc.dim(line));

const program = new Command("npm run lab --")
  .description("A live pair on this machine: two nodes, two backends and a client, made by pulumi up.")
  .enablePositionalOptions()
  .addOption(
    new Option("--lab <name>", "which lab; each has machines and addresses of its own")
      .default("lab")
      .env("NGINX_HA_LAB"),
  )
  .addHelpText("after", "\nWithout a command: up.");

const name = (): string => program.opts<{ lab: string }>().lab;

program
  .command("up", { isDefault: true })
  .description("start what is missing, run pulumi up, show the status and what to try")
  .addOption(
    new Option("--release <name>", "the nodes' Debian").choices(["trixie", "bookworm"]).default("trixie"),
  )
  .action(async ({ release }: { release: Release }) => {
    const lab = await preparePair({ name: name(), clone, release }, report);
    await bringUp(lab, clone, report);
    const status = await readStatus(lab.plan);
    console.log(`\n${formatStatus(status)}\n\n${whatToTry(lab.plan, holderOf(status))}`);
  });

program
  .command("status")
  .description("the pair at a glance; exit 0 healthy, 1 degraded, 2 no such lab")
  .action(async () => {
    const status = await readStatus(await running());
    console.log(formatStatus(status));
    process.exitCode = problemsOf(status).length === 0 ? 0 : 1;
  });

program
  .command("exec")
  .description("run a command inside a machine as root")
  .argument("<machine>")
  .argument("<command...>")
  .passThroughOptions()
  .action(async (machine: string, command: string[]) => {
    const plan = await running();
    const argv = command[0] === "--" ? command.slice(1) : command;
    const result = await exec(plan, machineNamed(plan, machine), argv, { interactive: true });
    process.exitCode = result.exitCode;
  });

program
  .command("purge")
  .description("take everything of nginx-ha off a node (on other stacks: npm run nginx-ha -- purge)")
  .argument("<node>")
  .action(async (node: string) => {
    const plan = await running();
    const { env } = await openPulumi(clone, plan.directory, report);
    console.log(await purge({ stack: stackName, configFile: stackFile(plan), env }, node));
  });

program
  .command("down")
  .description("end the lab and leave nothing of it")
  .action(async () => {
    await stopLab({ name: name(), clone }, report);
    console.log(`The lab ${name()} is gone.`);
  });

async function running(): Promise<LabPlan> {
  const found = await findLab({ name: name(), clone });
  if (found) return found.plan;
  process.exitCode = 2;
  throw new UserError(`There is no lab ${name()}. Start it: npm run lab`);
}

function whatToTry(plan: LabPlan, holder = "nginx-a"): string {
  const tries = [
    [`npm run lab -- exec client -- curl -s http://${plan.subnet.vip}/`, "a request through the VIP"],
    [`npm run lab -- exec ${holder} -- pkill -KILL nginx`, "kill nginx on the holder: the VIP moves"],
    ["npm run lab -- status", "who holds the VIP now"],
    ["npm run pulumi -- preview", "any Pulumi command on the lab's stack"],
    ["npm run lab -- down", "end it all"],
  ] as const;
  const width = Math.max(...tries.map(([command]) => command.length));
  return tries.map(([command, what]) => `  ${command.padEnd(width)}  ${pc.dim(what)}`).join("\n");
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof UserError ? `${pc.red("error:")} ${error.message}` : error);
  process.exitCode ||= 1;
});
