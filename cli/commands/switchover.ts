import type { Command } from "commander";
import pc from "picocolors";
import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import type { NodeEvent } from "../history/events";
import { type Remote, withNodes } from "../ssh";
import { tellDrain } from "../status/drain";
import { statusOf } from "../status/gather";
import { renderStatus } from "../status/render";
import { reportOf } from "../status/report";
import { stopDrain, untilDrained } from "../switchover/drain";
import { moveGently } from "../switchover/gently";
import { planMove } from "../switchover/plan";
import { renderResult } from "../switchover/render";
import { measuredOf, type SwitchoverResult } from "../switchover/result";
import { confirmed } from "../terminal/ask";
import { interruptible, waitingOnTerminal } from "../terminal/progress";
import { count, type Probing, probingOf, seconds, withProber } from "./probing";
import { onPair, type Surroundings, type Target } from "./target";

interface Options extends Target, Probing {
  yes?: boolean;
  force?: boolean;
  now?: boolean;
  json?: boolean;
  timeout: number;
  held: number;
}

export const addSwitchover = (program: Command, surroundings: Surroundings): Command =>
  withProber(onPair(program.command("switchover")))
    .description("move the VIP to the other node, on purpose, and measure it")
    .argument("[node]", "who gets it (default: whoever does not have it)")
    .option("-y, --yes", "do not ask")
    .option("--force", "although the target has problems or another configuration")
    .option("--now", "cut what is left of the last move's connections, instead of waiting for them")
    .option("--timeout <seconds>", "until the other node must have the VIP", seconds(1, 60), 15)
    .option("--held <count>", "established connections to hold and watch", count(0, 1000), 8)
    .option("--json", "as JSON (cli/schemas/switchover.schema.json)")
    .addHelpText(
      "after",
      `
Exit codes: 0 moved, or there already; 1 refused, or not moved; 2 nobody could look, or said yes.

Examples:
  nginx-ha switchover -s prod
  nginx-ha switchover nginx-a -s prod --yes --from probe.example.net
  nginx-ha switchover -s prod --yes --url https://www.example.net/health`,
    )
    .action(async (to: string | undefined, options: Options) => {
      const inventory = await surroundings.inventoryOf(options);
      const result = await withNodes(inventory.nodes, (remotes) =>
        switchover(inventory, remotes, { to, ...options }, surroundings),
      );
      if (options.json) console.log(JSON.stringify(result, null, 2));
      else console.log(`\n${renderResult(result)}\n\n${renderStatus(result.status, pc)}`);
      process.exitCode = exitCodeOf(result);
    });

/** Whoever has the VIP already need not get it. */
function exitCodeOf({ moved, from, to, why, status }: SwitchoverResult): number {
  if (to !== undefined && from === undefined) return 0;
  if (moved && why === undefined) return 0;
  return status.verdict === "unknown" ? 2 : 1;
}

async function switchover(
  inventory: Inventory,
  remotes: Remote[],
  options: Options & { to?: string },
  surroundings: Surroundings,
): Promise<SwitchoverResult> {
  const say = (text: string): void => (options.json ? console.error(text) : console.log(text));
  const before = await statusOf(inventory, remotes);
  const { vip, name: pair } = before;
  say(`${renderStatus(reportOf(before), pc)}\n`);
  const plan = planMove(before, options);
  if ("refusal" in plan) return { pair, vip, moved: false, why: plan.refusal, status: reportOf(before) };
  if ("done" in plan)
    return { pair, vip, moved: false, to: options.to, why: plan.done, status: reportOf(before) };
  const { from, to, warnings } = plan;
  for (const warning of warnings) say(pc.yellow(`# ${warning}`));
  say(`${vip} moves from ${from} to ${to}: ${from} will be BACKUP.`);
  if (!options.yes && !(await confirmed("Move it?")))
    throw new UserError(`Nothing was moved; add --yes to skip the question.`);
  const [source, target] = [from, to].map((one) => remotes.find(({ name }) => name === one));
  if (!source || !target) throw new Error("a pair has two nodes");
  const { vantage, url, where } = await probingOf(options, { ...inventory, vip }, surroundings);
  const settings = { limitS: options.timeout, url, vantage, held: options.held };
  if (options.now) {
    const cut = await stopDrain(remotes);
    if (cut > 0) say(`${cut} established connections of the last move were cut.`);
  }
  const waiting = waitingOnTerminal(interruptible("Interrupted (once more: end at once)."));
  const nodes = { from: source, to: target };
  const warn = (warning: string): void => say(pc.yellow(`# ${warning}`));
  const { events, moveMs, why, drains } = await moveGently(
    { ...inventory, vip },
    nodes,
    settings,
    waiting,
    narrate(say),
    warn,
  );
  const drained = drains ? await untilDrained(nodes, tellDrain(from, say), waiting.signal) : undefined;
  if (drained === "interrupted")
    say(`${from} keeps its connections by itself until they end, or its time is over.`);
  if (drained === "untold") warn(`${from} does not tell any more what becomes of its connections`);
  const after = await statusOf(inventory, remotes);
  const measured = measuredOf(events, where, options.held);
  if (!measured)
    say(pc.yellow(`# ${url} does not answer ${where}: the gap was not measured (--from, --url)`));
  return {
    pair,
    vip,
    moved: moveMs !== undefined,
    from,
    to,
    ...(why !== undefined && { why }),
    ...(moveMs !== undefined && { moveMs }),
    ...(measured && { measured }),
    ...(typeof drained === "object" && { drain: drained }),
    status: reportOf(after),
  };
}

/** Tells each change of a node's VRRP state as it is seen, from the first change on. */
function narrate(say: (text: string) => void): (event: NodeEvent) => void {
  const states = new Map<string, string>();
  let start: number | undefined;
  return ({ node, vrrp, seen }) => {
    const before = states.get(node);
    states.set(node, vrrp);
    if (before === undefined || before === vrrp) return;
    start ??= seen;
    say(`+${((seen - start) / 1000).toFixed(2)}s ${node} ${before} → ${vrrp}`);
  };
}
