import { invariants } from "../drill/check";
import { faults } from "../drill/faults";
import type { DrillFault } from "../drill/scripts";
import { type Window, windowsOf } from "../drill/windows";
import type { History } from "../history/history";
import { drawTimeline, STATES } from "./figure";
import { style } from "./style";
import { cells, HEAD } from "./text";
import { timelineOf } from "./timeline";
import type { DrillReport } from "./verdict";

type Row = DrillReport["faults"][number];

/** The report as one page that needs nothing else: table, a timeline for each fault, what it was run on. */
export async function renderHtml(report: DrillReport, history: History): Promise<string> {
  const windows = windowsOf(history);
  const sections = await Promise.all(
    report.faults.map((row, index) => section(row, windows[index], history)),
  );
  const title = `Drill of ${report.pair}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)} ${badge(report.verdict)}</h1>
<p>${escaped(report.at)}${report.why === undefined ? "" : `. ${escaped(report.why)}`}</p>
${summary(report)}
${sections.join("\n")}
${ranOn(report, history)}
</body>
</html>
`;
}

const summary = ({ faults: rows }: DrillReport): string => `<div class="wide"><table>
<thead><tr>${HEAD.map((head) => `<th>${head[0]}${head.slice(1).toLowerCase()}</th>`).join("")}</tr></thead>
<tbody>
${rows.map(tableRow).join("\n")}
</tbody>
</table></div>`;

function tableRow(row: Row): string {
  const all = cells(row).slice(0, -1);
  const tds = all.map((text, index) => `<td${index >= 4 ? ' class="number"' : ""}>${escaped(text)}</td>`);
  return `<tr>${tds.join("")}<td>${badge(row.ruling)}</td></tr>`;
}

async function section(row: Row, window: Window | undefined, history: History): Promise<string> {
  if (!window || row.ruling === "skipped") return "";
  const figure = await drawTimeline(timelineOf(history, window), history.run.nodes);
  const what = faults[row.fault as DrillFault]?.what ?? row.fault;
  return `<section>
<h2>${escaped(row.fault)} ${badge(row.ruling)}</h2>
<p>On ${escaped(row.node)}: ${escaped(what)}.</p>
<figure>
<div class="wide">${figure}</div>
<figcaption>${LEGEND}</figcaption>
</figure>
<ul class="checks">
${row.checks.map(({ invariant, ruling, text }) => `<li>${badge(ruling)} <span><strong>${invariant}</strong> ${escaped(invariants[invariant])}: ${escaped(text)}</span></li>`).join("\n")}
</ul>
</section>`;
}

const key = (colour: string, text: string): string =>
  `<span class="key" style="--key: var(--${colour})">${text}</span>`;

const LEGEND = [
  key("good", "answered request"),
  key("bad", "request without an answer"),
  key("held", "has the VIP"),
  ...STATES.map((state) => key(state.toLowerCase(), state)),
].join("\n");

function ranOn({ vip, mode, advertMs, from, ranOn: nodes }: DrillReport, { run }: History): string {
  const entries: [string, string][] = [
    ["VIP", `${vip} (${mode}), adverts every ${advertMs} ms`],
    ["Requests", `${run.url}, a new connection every ${run.intervalMs} ms, seen from ${from}`],
    ...Object.entries(nodes),
  ];
  return `<section>
<h2>What it was run on</h2>
<dl>
${entries.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join("\n")}
</dl>
</section>`;
}

const badge = (ruling: string): string => `<span class="badge ${ruling}">${ruling}</span>`;

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
