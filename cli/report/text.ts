import pc from "picocolors";
import { invariants } from "../drill/check";
import { expectedText } from "../drill/faults";
import { table } from "../terminal/table";
import type { DrillReport } from "./verdict";

type Colours = ReturnType<typeof pc.createColors>;
type Row = DrillReport["faults"][number];

export const HEAD = ["FAULT", "ON", "EXPECTED", "OBSERVED", "GAP", "FAILED/TOTAL", "VERDICT"];

/** A fault as a row of any table. */
export const cells = (row: Row): string[] => [
  row.fault,
  row.node,
  row.expected in expectedText ? expectedText[row.expected as keyof typeof expectedText] : row.expected,
  row.observed,
  row.gapMs === undefined || row.ruling === "skipped" ? "-" : `${row.gapMs} ms`,
  row.ruling === "skipped" ? "-" : `${row.failed}/${row.total}`,
  row.ruling,
];

/** What a drill came to, as the terminal shows it. */
export function renderText(report: DrillReport, colours: Colours = pc.createColors(false)): string {
  const paint = { valid: colours.green, invalid: colours.red, unknown: colours.yellow }[report.verdict];
  return [
    ...table(HEAD, report.faults.map(cells)),
    ...report.faults.flatMap(broken).map((line) => colours.yellow(line)),
    `${report.pair}: ${paint(report.verdict)}${report.why === undefined ? "" : `, ${report.why}`}`,
    ...(report.history === undefined ? [] : [`History: ${report.history}`]),
  ].join("\n");
}

/** A line for each invariant that does not hold, or of which nobody knows. */
const broken = ({ fault, checks }: Row): string[] =>
  checks
    .filter(({ ruling }) => ruling !== "valid")
    .map(
      ({ invariant, ruling, text }) =>
        `# ${fault}: ${invariant} ${ruling}: ${text} (${invariants[invariant]})`,
    );
