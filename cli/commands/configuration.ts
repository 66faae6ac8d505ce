import { type Command, InvalidArgumentError } from "commander";
import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import { quoted } from "../../node/shell";
import { type Remote, withNodes } from "../ssh";
import { statusOf } from "../status/gather";
import { holderOf } from "../status/pair-status";
import { onPair, type Surroundings, type Target } from "./target";

interface Options extends Target {
  json?: boolean;
}

/** Seconds that a node may take to test, switch and hand over a configuration. */
const LIMIT_S = 120;

export const addPublish = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("publish"))
    .description("take what was changed in the holder's watched directory to both nodes, now")
    .option("--json", "as JSON, as the node says it")
    .addHelpText(
      "after",
      `
The node that has the VIP tests it, switches to it and hands it to the other one.

Examples:
  nginx-ha publish -s prod`,
    )
    .action(async (options: Options) => onHolder(await inventoryOf(options), ["publish"], options));

export const addRollback = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("rollback"))
    .description("make an earlier configuration the next one, on both nodes")
    .argument("[generation]", "which (default: the one before the one that is served)", generation)
    .option("--json", "as JSON, as the node says it")
    .addHelpText(
      "after",
      `
Examples:
  nginx-ha rollback -s prod
  nginx-ha rollback 17 -s prod`,
    )
    .action(async (which: string | undefined, options: Options) =>
      onHolder(await inventoryOf(options), ["rollback", ...(which === undefined ? [] : [which])], options),
    );

function generation(text: string): string {
  if (/^[1-9]\d{0,8}(-[1-9]\d{0,8}-[0-9a-f]{12})?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a generation's number, or all of its name as in the status.");
}

/** Runs `nginx-ha COMMAND` on the node that has the VIP, and passes on what it says. */
async function onHolder(inventory: Inventory, command: string[], { json }: Options): Promise<void> {
  const { exitCode, stdout, stderr } = await withNodes(inventory.nodes, async (remotes) => {
    const holder = await holderAmong(inventory, remotes);
    return holder.run(
      `exec nginx-ha ${[...command, ...(json ? ["--json"] : [])].map(quoted).join(" ")}\n`,
      LIMIT_S,
    );
  });
  if (stdout.trim() !== "") console.log(stdout.trim());
  if (exitCode !== 0) throw new UserError(stderr.trim() || stdout.trim() || `exit status ${exitCode}`);
}

async function holderAmong(inventory: Inventory, remotes: Remote[]): Promise<Remote> {
  const status = await statusOf(inventory, remotes);
  const name = holderOf(status);
  const holder = remotes.find((remote) => remote.name === name);
  if (holder) return holder;
  throw new UserError(
    "Nobody is seen to hold the VIP, and only its holder publishes (see: nginx-ha status).",
  );
}
