import { invariants } from "../drill/check";
import { cells, HEAD } from "./text";
import type { DrillReport } from "./verdict";

const MARKS = { valid: "✅", invalid: "❌", unknown: "❔", skipped: "–" } as const;

/** What a drill came to, for a pull request's job summary. */
export function renderMarkdown(report: DrillReport): string {
  const { pair, vip, verdict, why, mode, advertMs, from, ranOn, faults } = report;
  const head = HEAD.map((one) => one[0] + one.slice(1).toLowerCase());
  return [
    `## Drill of ${escaped(pair)}: ${MARKS[verdict]} ${verdict}${why === undefined ? "" : `, ${escaped(why)}`}`,
    "",
    row(head),
    row(head.map(() => "---")),
    ...faults.map((one) => row([...cells(one).slice(0, -1), `${MARKS[one.ruling]} ${one.ruling}`])),
    "",
    ...faults.flatMap(({ fault, checks }) =>
      checks
        .filter(({ ruling }) => ruling !== "valid")
        .map(
          ({ invariant, ruling, text }) =>
            `- **${fault}**: ${invariant} (${invariants[invariant]}) ${ruling}: ${escaped(text)}`,
        ),
    ),
    "",
    `VIP ${vip} (${mode}), adverts every ${advertMs} ms, seen from ${escaped(from)}.`,
    ...Object.entries(ranOn).map(([node, text]) => `${node}: ${escaped(text)}.`),
    "",
  ]
    .join("\n")
    .replace(/\n{3,}/g, "\n\n");
}

const row = (parts: readonly string[]): string => `| ${parts.map(escaped).join(" | ")} |`;
const escaped = (text: string): string => text.replaceAll(/[|<>&]/g, (one) => `&#${one.charCodeAt(0)};`);
