import type { Command } from "commander";
import pc from "picocolors";
import { z } from "zod";
import { UserError } from "../../config/user-error";
import { withNodes } from "../ssh";
import { statusOf } from "../status/gather";
import { confirmed } from "../terminal/ask";
import { interruptible, waitingOnTerminal } from "../terminal/progress";
import { table } from "../terminal/table";
import { type Upgrade, upgradesOf } from "../upgrade/packages";
import { upgradePair } from "../upgrade/run";
import { type Probing, probingOf, withProber } from "./probing";
import { onPair, type Surroundings, type Target } from "./target";

interface Options extends Target, Probing {
  yes?: boolean;
  check?: boolean;
  json?: boolean;
}

export const addUpgrade = (program: Command, surroundings: Surroundings): Command =>
  withProber(onPair(program.command("upgrade")))
    .description("update the packages of both nodes without an outage: standby, proof, switchover, the other")
    .option("-y, --yes", "do not ask")
    .option("--check", "only say what is new; exit 1 when anything is")
    .option("--json", "as JSON (cli/schemas/upgrade.schema.json)")
    .addHelpText(
      "after",
      `
Unattended upgrades leave nginx, keepalived and nodejs alone, so that they never restart both nodes at once.

Examples:
  nginx-ha upgrade -s prod --check
  nginx-ha upgrade -s prod --yes`,
    )
    .action(async (options: Options) => {
      const inventory = await surroundings.inventoryOf(options);
      const say = (text: string): void => (options.json ? console.error(text) : console.log(text));
      const waiting = waitingOnTerminal(
        interruptible("Interrupted: ending after this step (once more: end at once)."),
      );
      const result = await withNodes(inventory.nodes, async (remotes): Promise<UpgradeResult> => {
        const { vip } = await statusOf(inventory, remotes);
        const lists = await Promise.all(remotes.map(upgradesOf));
        const news = new Map(remotes.map(({ name }, index) => [name, lists[index] ?? []]));
        const packages = rowsOf(news);
        const none = packages.length === 0;
        for (const line of none ? ["Both nodes are up to date."] : listed(packages)) say(line);
        if (none || options.check) return { upgraded: [], packages };
        if (!options.yes && !(await confirmed("Upgrade both nodes, one after the other?")))
          throw new UserError("Nothing was upgraded; add --yes to skip the question.");
        const { vantage, url, where } = await probingOf(options, { ...inventory, vip }, surroundings);
        const settings = { limitS: 15, url, vantage, held: 8, where };
        const { order, measured } = await upgradePair({
          inventory: { ...inventory, vip },
          ...{ remotes, news, settings, waiting, say },
        });
        return {
          upgraded: order,
          packages,
          ...(measured && { gapMs: measured.gapMs, failed: measured.failed }),
        };
      });
      if (options.json) console.log(JSON.stringify(result, null, 2));
      else if (result.gapMs !== undefined)
        say(
          pc.green(
            `Upgraded; the VIP moved with ${result.failed} failed requests, longest gap ${result.gapMs} ms.`,
          ),
        );
      if (options.check && result.packages.length > 0) process.exitCode = 1;
    });

/** What `nginx-ha upgrade --json` prints. */
export const upgradeResult = z
  .strictObject({
    upgraded: z.array(z.string()).meta({ description: "The nodes, in their order." }),
    packages: z.array(
      z.strictObject({ node: z.string(), name: z.string(), from: z.string(), to: z.string() }),
    ),
    gapMs: z
      .number()
      .optional()
      .meta({ description: "The longest time without an answer while the VIP moved." }),
    failed: z.int().optional(),
  })
  .meta({ title: "nginx-ha upgrade --json" });

type UpgradeResult = z.output<typeof upgradeResult>;

const rowsOf = (news: ReadonlyMap<string, Upgrade[]>): UpgradeResult["packages"] =>
  [...news].flatMap(([node, upgrades]) => upgrades.map((one) => ({ node, ...one })));

const listed = (packages: UpgradeResult["packages"]): string[] =>
  table(
    ["NODE", "PACKAGE", "FROM", "TO"],
    packages.map(({ node, name, from, to }) => [node, name, from, to]),
  );
