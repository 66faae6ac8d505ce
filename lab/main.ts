import { resolve } from "node:path";
import { Argument, Command, Option } from "commander";
import pc from "picocolors";
import { exitCodes } from "../cli/commands/status";
import { purge } from "../cli/purge";
import { holderOf, type PairStatus } from "../cli/status/pair-status";
import { renderStatus } from "../cli/status/render";
import { reportOf } from "../cli/status/report";
import { UserError } from "../config/user-error";
import { bringUp } from "./pair/up";
import { previewComment } from "./preview";
import { endLab, findRunning, type Kind, type Made, prepareLab, type RunningLab, type Which } from "./stacks";

const clone = resolve(__dirname, "..");
const report = (line: string): void => console.error(pc.dim(line));
const kinds: Kind[] = ["aws", "hosts"];

const program = new Command("npm run lab --")
  .description("A live pair on this machine, made by pulumi up: on a Region of the lab's own, or on hosts.")
  .enablePositionalOptions()
  .addOption(
    new Option(
      "--lab <name>",
      "another lab beside the usual one, with machines and addresses of its own",
    ).env("NGINX_HA_LAB"),
  )
  .addHelpText("after", "\nWithout a command: up aws.");

const which = (kind: Kind): Which => ({ kind, name: program.opts<{ lab?: string }>().lab, clone });
const region = () => new Option("--region <name>", "the Region's name: lab-1, lab-2, … (default: lab-1)");
const from = () =>
  new Option("--from <stack>", "with the configuration of a stack of this project: Pulumi.<stack>.yaml");
const on = () => new Option("--on <kind>", "which, when both run").choices(kinds);

program
  .command("up", { isDefault: true })
  .description("start what is missing, run pulumi up, show the status and what to try")
  .addArgument(
    new Argument("[kind]", "aws: the stack lab-aws on a Region; hosts: lab-hosts")
      .choices(kinds)
      .default("aws"),
  )
  .addOption(
    new Option("--release <name>", "the machines' Debian").choices(["trixie", "bookworm"]).default("trixie"),
  )
  .addOption(region())
  .addOption(from())
  .action(async (kind: Kind, made: Made) => {
    if (kind === "hosts" && (made.region ?? made.from))
      throw new UserError("--region and --from are for aws: hosts have no Region.");
    const lab = await prepareLab(which(kind), made, report);
    await bringUp(lab, clone, report);
    const status = await lab.status();
    console.log(`\n${renderStatus(reportOf(status), pc)}\n\n${whatToTry(lab, status)}`);
  });

program
  .command("preview")
  .description("what pulumi up of a stack of this project would change in the lab's Region, as Markdown")
  .argument("<stack>", "Pulumi.<stack>.yaml, on platform aws")
  .addOption(region())
  .action(async (stack: string, { region }: { region?: string }) => {
    const lab = await prepareLab(which("aws"), { release: "trixie", region, from: stack }, report);
    const { text, failed } = await previewComment(stack, lab);
    console.log(text);
    if (failed) process.exitCode = 1;
  });

program
  .command("status")
  .description("the pair at a glance; exit 0 healthy, 1 degraded, 2 no such lab")
  .addOption(on())
  .action(async (options: { on?: Kind }) => {
    const report = reportOf(await (await running(options.on)).status());
    console.log(renderStatus(report, pc));
    process.exitCode = exitCodes[report.verdict];
  });

program
  .command("exec")
  .description("run a command inside a machine as root")
  .addOption(on())
  .argument("<machine>")
  .argument("<command...>")
  .passThroughOptions()
  .action(async (machine: string, command: string[], options: { on?: Kind }) => {
    const lab = await running(options.on);
    const argv = command[0] === "--" ? command.slice(1) : command;
    process.exitCode = (await lab.exec(machine, argv, { interactive: true })).exitCode;
  });

program
  .command("purge")
  .description("take everything of nginx-ha off a node of lab-hosts (elsewhere: npm run nginx-ha -- purge)")
  .argument("<node>")
  .action(async (node: string) => {
    const { stack, file: configFile, pulumi } = await running("hosts");
    console.log(await purge({ stack, configFile, env: pulumi.env }, node));
  });

program
  .command("down")
  .description("end the lab and leave nothing of it")
  .addArgument(new Argument("[kind]", "one of both").choices(kinds))
  .action(async (kind?: Kind) => {
    for (const one of kind ? [kind] : kinds) await endLab(which(one), report);
    console.log("The lab is gone.");
  });

/** The lab that runs: the Region when both do, unless told otherwise. */
async function running(kind?: Kind): Promise<RunningLab> {
  for (const one of kind ? [kind] : kinds) {
    const found = await findRunning(which(one), () => {});
    if (found) return found;
  }
  process.exitCode = 2;
  throw new UserError(
    `There is no lab${kind ? ` on ${kind}` : ""}. Start it: npm run lab${kind === "hosts" ? " -- up hosts" : ""}`,
  );
}

function whatToTry({ kind, stack }: RunningLab, status: PairStatus): string {
  const on = kind === "hosts" ? " --on hosts" : "";
  const holder = holderOf(status) ?? "nginx-a";
  const tries = [
    [`npm run lab -- exec${on} client -- curl -s http://${status.vip}/`, "a request through the VIP"],
    [`npm run lab -- exec${on} ${holder} -- pkill -KILL nginx`, "kill nginx on the holder: the VIP moves"],
    [`npm run lab -- status${on}`, "who holds the VIP now"],
    [`npm run pulumi -- preview --stack ${stack}`, "any Pulumi command on the lab's stack"],
    ["npm run lab -- down", "end it all"],
  ] as const;
  const width = Math.max(...tries.map(([command]) => command.length));
  return tries.map(([command, what]) => `  ${command.padEnd(width)}  ${pc.dim(what)}`).join("\n");
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof UserError ? `${pc.red("error:")} ${error.message}` : error);
  process.exitCode ||= 1;
});
