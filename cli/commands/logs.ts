import { type Command, Option } from "commander";
import pc from "picocolors";
import { UserError } from "../../config/user-error";
import { nodeNamed } from "../inventory";
import { type Remote, withNodes } from "../ssh";
import { interruptible } from "../terminal/progress";
import { onPair, type Surroundings, type Target } from "./target";

/** The services of a node whose words are told. */
export const units = [
  "nginx",
  "keepalived",
  "nginx-ha-agent",
  "nginx-ha-sync",
  "nginx-ha-acme",
  "nginx-ha-gate",
  "nginx-ha-guard",
  "nginx-ha-handover",
  "nginx-ha-drain@keep",
  "nginx-ha-drain@detour",
  "nginx-ha-firewall",
];

interface Options extends Target {
  unit?: string[];
  since: string;
  follow?: boolean;
}

export const addLogs = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("logs"))
    .description("what both nodes' services say, in the order in which it happened")
    .argument("[node]", "of this node only")
    .addOption(new Option("-u, --unit <name...>", "of these services only").choices(units))
    .option("--since <time>", "as journalctl takes it", "-1h")
    .option("-f, --follow", "as it happens, until Ctrl-C")
    .addHelpText(
      "after",
      `
Examples:
  nginx-ha logs -s prod --since '2026-01-02 03:04'
  nginx-ha logs nginx-b -s prod --unit keepalived nginx-ha-agent --follow`,
    )
    .action(async (name: string | undefined, options: Options) => {
      const inventory = await inventoryOf(options);
      const nodes = name === undefined ? inventory.nodes : [nodeNamed(inventory, name)];
      await withNodes(nodes, (remotes) =>
        options.follow ? follow(remotes, options) : show(remotes, options),
      );
    });

/** Lines begin with the time, so that those of two nodes can be told in one order. */
const journalctl = ({ unit = units, since }: Options, ...more: string[]): string[] => [
  "journalctl",
  "--no-pager",
  "--quiet",
  "--output=short-iso-precise",
  `--since=${since}`,
  ...unit.flatMap((one) => ["--unit", one]),
  ...more,
];

async function show(remotes: Remote[], options: Options): Promise<void> {
  const all: string[] = [];
  const failed: string[] = [];
  await Promise.all(
    remotes.map(async (remote) => {
      const running = await remote.start(journalctl(options), 120);
      running.lines((line) => all.push(`${remote.name} ${line}`));
      const { exitCode, stderr } = await running.done;
      if (exitCode !== 0)
        failed.push(`${remote.name}: ${stderr.trim().split("\n").at(-1) || `exit status ${exitCode}`}`);
    }),
  );
  const time = (line: string): string => line.slice(line.indexOf(" ") + 1);
  for (const line of all.sort((a, b) => time(a).localeCompare(time(b)))) console.log(line);
  for (const problem of failed) console.error(pc.yellow(`# ${problem}`));
  if (failed.length === remotes.length) throw new UserError("No node told anything.");
  if (failed.length > 0) process.exitCode = 1;
}

/** Seconds that a session of watching lasts at most. */
const FOLLOW_S = 12 * 3600;

async function follow(remotes: Remote[], options: Options): Promise<void> {
  const signal = interruptible("Ended.");
  const all = await Promise.all(
    remotes.map(async (remote) => {
      const running = await remote.start(journalctl(options, "--follow"), FOLLOW_S);
      running.lines((line) => console.log(`${remote.name} ${line}`));
      return running;
    }),
  );
  signal.addEventListener("abort", () => all.forEach((one) => void one.kill()));
  await Promise.all(all.map(({ done }) => done));
  if (!signal.aborted) throw new UserError("Every node ended the connection.");
}
