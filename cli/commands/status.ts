import type { Command } from "commander";
import pc from "picocolors";
import { UserError } from "../../config/user-error";
import { readStatus } from "../status/gather";
import { renderStatus } from "../status/render";
import { reportOf, type StatusReport } from "../status/report";
import { onPair, type Surroundings, type Target } from "./target";

interface Options extends Target {
  json?: boolean;
  watch?: true | string;
}

/** Exit codes of a verdict. */
export const exitCodes = { healthy: 0, degraded: 1, unknown: 2 } as const;

export const addStatus = (program: Command, { inventoryOf }: Surroundings): Command =>
  onPair(program.command("status"))
    .description("the pair at a glance: who has the VIP, both nodes, what is wrong")
    .option("--json", "as JSON (cli/schemas/status.schema.json)")
    .option("-w, --watch [seconds]", "again and again, until Ctrl-C (default: every 2 s)")
    .addHelpText(
      "after",
      `
Exit codes: 0 healthy, 1 degraded, 2 unknown (no node answers).

Examples:
  nginx-ha status -s prod
  nginx-ha status -s prod --watch 5
  nginx-ha status -s prod --json | jq -r .holder`,
    )
    .action(async (options: Options) => {
      const inventory = await inventoryOf(options);
      const pause = pauseOf(options.watch);
      do {
        const report = reportOf(await readStatus(inventory));
        console.log(shown(report, options, pause !== undefined));
        process.exitCode = exitCodes[report.verdict];
        if (pause !== undefined) await new Promise((done) => setTimeout(done, pause));
      } while (pause !== undefined);
    });

function shown(report: StatusReport, { json }: Options, again: boolean): string {
  if (json) return again ? JSON.stringify(report) : JSON.stringify(report, null, 2);
  const clear = again && process.stdout.isTTY ? "\x1b[2J\x1b[H" : "";
  return `${clear}${renderStatus(report, pc)}${again && !clear ? "\n" : ""}`;
}

/** Milliseconds between two looks. */
function pauseOf(watch: Options["watch"]): number | undefined {
  if (watch === undefined) return undefined;
  const seconds = watch === true ? 2 : Number(watch);
  if (seconds >= 0.5 && seconds <= 3600) return seconds * 1000;
  throw new UserError(`--watch must be 0.5 to 3600 seconds (is ${watch}).`);
}
