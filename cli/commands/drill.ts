import { readFile, writeFile } from "node:fs/promises";
import { Argument, type Command } from "commander";
import pc from "picocolors";
import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import { faultNames, faults } from "../drill/faults";
import { runDrill } from "../drill/run";
import type { DrillFault } from "../drill/scripts";
import { cannotWrite, historyOf, parseHistory, Recorder } from "../history/history";
import { renderMarkdown } from "../report/markdown";
import { renderText } from "../report/text";
import { type DrillReport, judgeHistory } from "../report/verdict";
import { run } from "../run";
import { withNodes } from "../ssh";
import { confirmed } from "../terminal/ask";
import { interruptible, waitingOnTerminal } from "../terminal/progress";
import { type Probing, probingOf, withProber } from "./probing";
import { onPair, type Power, type Surroundings, type Target } from "./target";

interface Renderings {
  json?: boolean;
  html?: string;
  markdown?: string;
}

interface Options extends Target, Probing, Renderings {
  yes?: boolean;
  yesProduction?: boolean;
  history?: string;
  powerOff?: string;
  powerOn?: string;
}

const exitCodes = { valid: 0, invalid: 1, unknown: 2 } as const;

const width = Math.max(...faultNames.map((name) => name.length));
const faultList = faultNames.map((name) => `  ${name.padEnd(width)}  ${faults[name].what}`).join("\n");

export function addDrill(program: Command, surroundings: Surroundings): void {
  const drill = withRenderings(withProber(onPair(program.command("drill"))))
    .description("rehearse failures on the pair, one after the other, and judge what was seen")
    .addArgument(new Argument("[faults...]", "which (default: all)").choices(faultNames).default(faultNames))
    .option("-y, --yes", "do not ask")
    .option("--yes-production", "on a stack marked production, too")
    .option("--history <file>", "where the history is written (default: drill-PAIR-TIME.jsonl)")
    .option("--power-off <command>", "cuts a node's power; {node} is its name. For node-crash on containers")
    .option("--power-on <command>", "gives it back; harmless when the node is on")
    .addHelpText(
      "after",
      `
Faults, on the node that has the VIP:
${faultList}

Each is undone by the node itself after 90 s, whatever becomes of this command; all but a power cut by --power-off.
Exit codes: 0 valid, 1 invalid, 2 unknown.

Examples:
  nginx-ha drill -s staging --html drill.html
  nginx-ha drill nginx-kill node-reboot -s staging --from probe.example.net
  nginx-ha drill report drill-edge-20260102T030405.jsonl --markdown - >>"$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (names: DrillFault[], options: Options) => {
      const inventory = await surroundings.inventoryOf(options);
      await allow(inventory, names, options);
      const report = await rehearse(inventory, names, options, surroundings);
      await show(report, options);
    });

  withRenderings(drill.command("report"))
    .description("judge a history again and render it")
    .argument("<file>", "the history: JSON lines")
    .action(async (file: string, _own: Renderings, command: Command) => {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        throw new UserError(`${file} cannot be read (${error.code}).`);
      });
      await show({ history: parseHistory(text, file), file }, command.optsWithGlobals());
    });
}

const withRenderings = (command: Command): Command =>
  command
    .option("--json", "as JSON (cli/schemas/drill.schema.json)")
    .option("--html <file>", "also as a page of its own, with a timeline")
    .option("--markdown <file>", "also as Markdown; - prints it instead of the table");

/** Asks for what a drill does to people. */
async function allow(
  { name, vip, production, nodes }: Inventory,
  names: readonly string[],
  { yes, yesProduction }: Options,
): Promise<void> {
  if (production && !yesProduction)
    throw new UserError(
      `${name} is marked production: a drill makes outages there. Say --yes-production to run it.`,
    );
  const question = `Rehearse ${names.join(", ")} on ${nodes.map((node) => node.name).join(" and ")} (VIP ${vip})?`;
  if (!yes && !(await confirmed(question)))
    throw new UserError("Nothing was rehearsed; add --yes to skip the question.");
}

async function rehearse(
  inventory: Inventory,
  names: readonly DrillFault[],
  options: Options,
  surroundings: Surroundings,
): Promise<Judged> {
  const signal = interruptible();
  const file = options.history ?? `drill-${inventory.name}-${stamp()}.jsonl`;
  const power = powerOf(options) ?? surroundings.power;
  const { vantage, url, where } = await probingOf(options, inventory, surroundings);
  const recorder = new Recorder(file);
  const settings = { faults: names, url, vantage, where, ...(power && { power }) };
  const tell = options.json || options.markdown === "-" ? () => {} : narrator();
  const waiting = waitingOnTerminal(signal);
  try {
    await withNodes(inventory.nodes, (remotes) =>
      runDrill(inventory, remotes, settings, recorder, waiting, tell),
    );
    recorder.add({ t: "end", at: Date.now() });
  } catch (error) {
    if (!recorder.events.some(({ t }) => t === "run")) {
      recorder.discard();
      throw error;
    }
    if (!signal.aborted && !(error instanceof UserError)) throw error;
    recorder.add({
      t: "end",
      at: Date.now(),
      why: signal.aborted ? "interrupted" : (error as Error).message,
    });
  }
  return { history: historyOf(recorder), file };
}

/** A line when a fault begins. */
const narrator =
  (): ((name: string, node: string) => void) =>
  (name, node): void =>
    console.error(pc.dim(`${name} on ${node}: ${faults[name as DrillFault].what}`));

interface Judged {
  history: ReturnType<typeof historyOf>;
  file: string;
}

async function show({ history, file }: Judged, { json, html, markdown }: Renderings): Promise<void> {
  const report: DrillReport = judgeHistory(history, file);
  if (html !== undefined) {
    const { renderHtml } = await import("../report/html.js");
    await write(html, await renderHtml(report, history));
  }
  if (markdown !== undefined && markdown !== "-") await write(markdown, renderMarkdown(report));
  if (json) console.log(JSON.stringify(report, null, 2));
  else console.log(markdown === "-" ? renderMarkdown(report) : renderText(report, pc));
  if (html !== undefined && !json && markdown !== "-") console.log(`Report: ${html}`);
  process.exitCode = exitCodes[report.verdict];
}

const write = (file: string, text: string): Promise<void> =>
  writeFile(file, text).catch((error: unknown) => {
    throw cannotWrite(file, error);
  });

function powerOf({ powerOff, powerOn }: Options): Power | undefined {
  if (powerOff === undefined && powerOn === undefined) return undefined;
  if (powerOff === undefined || powerOn === undefined)
    throw new UserError("--power-off needs --power-on, and the other way round: each fault has an undo.");
  const call = (command: string) => async (node: string) => {
    const argv = ["sh", "-c", command.replaceAll("{node}", node)];
    const { exitCode, stderr } = await run(argv, { limitS: 120 });
    if (exitCode !== 0) throw new UserError(`${argv[2]}: exit status ${exitCode}: ${stderr.trim()}`);
  };
  return { cut: call(powerOff), restore: call(powerOn) };
}

const stamp = (): string => new Date().toISOString().replace(/[-:]|\.\d+Z/g, "");
