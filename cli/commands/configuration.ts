import { type Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { z } from "zod";
import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import { quoted } from "../../node/shell";
import type { RunResult } from "../run";
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
    .option("--json", "as JSON (cli/schemas/publish.schema.json)")
    .addHelpText(
      "after",
      `
The node that has the VIP tests it, switches to it and hands it to the other one.
Exit codes: 0 served, 1 refused, 2 nobody could say.

Examples:
  nginx-ha publish -s prod`,
    )
    .action(async (options: Options) => onHolder(await inventoryOf(options), ["publish"], options));

export const addRollback = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("rollback"))
    .description("make an earlier configuration the next one, on both nodes")
    .argument("[generation]", "which (default: the one before the one that is served)", generation)
    .option("--json", "as JSON (cli/schemas/rollback.schema.json)")
    .addHelpText(
      "after",
      `
Exit codes: 0 served, 1 refused, 2 nobody could say.

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

/** What `nginx-ha publish --json` and `nginx-ha rollback --json` print. */
export const published = z
  .strictObject({
    message: z.string().meta({ description: "What came of it, or why nothing did." }),
    generation: z.string().optional().meta({ description: "What is served now: term, number and hash." }),
    made: z.boolean().optional().meta({ description: "Whether it is a new one." }),
    acknowledged: z.boolean().optional().meta({ description: "Whether both nodes have it." }),
  })
  .meta({ title: "nginx-ha publish --json, nginx-ha rollback --json" });

/** Runs `nginx-ha COMMAND` on the node that has the VIP, and passes on what it says. */
async function onHolder(inventory: Inventory, command: string[], { json }: Options): Promise<void> {
  const result = await withNodes(inventory.nodes, async (remotes) => {
    const holder = await holderAmong(inventory, remotes);
    return holder.run(`exec nginx-ha ${[...command, "--json"].map(quoted).join(" ")}\n`, LIMIT_S);
  });
  const said = saidBy(result);
  if (json) console.log(JSON.stringify(said, null, 2));
  else if (result.exitCode === 0) console.log(said.message);
  else console.error(`${pc.red("error:")} ${said.message}`);
  process.exitCode = result.exitCode > 1 ? 2 : result.exitCode;
}

function saidBy({ exitCode, stdout, stderr }: RunResult): z.output<typeof published> {
  try {
    return published.parse(JSON.parse(stdout));
  } catch {
    return { message: stderr.trim() || stdout.trim() || `exit status ${exitCode}` };
  }
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
