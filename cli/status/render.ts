import pc from "picocolors";
import { table } from "../terminal/table";
import { drainLine } from "./drain";
import type { StatusReport } from "./report";

type Colours = ReturnType<typeof pc.createColors>;

/** The status as the terminal shows it: what disagrees first, then the table, then what else is wrong. */
export function renderStatus(report: StatusReport, colours: Colours = pc.createColors(false)): string {
  const { pair, vip, verdict, nodes, drain, problems, warnings } = report;
  const urgent = problems.filter(({ kind }) => URGENT.includes(kind));
  const rest = problems.filter(({ kind }) => !URGENT.includes(kind));
  const paint = { healthy: colours.green, degraded: colours.yellow, unknown: colours.red }[verdict];
  const on = report.holder ?? (problems.some(({ kind }) => kind === "no-holder") ? "nobody" : "unknown");
  return [
    ...urgent.map((problem) => colours.red(line(problem))),
    `${pair}   VIP ${vip} on ${on}   ${paint(verdict)}`,
    ...table(
      ["NODE", "ZONE", "PRIORITY", "VRRP", "NGINX", "CONFIG", "GENERATION", "ADDRESS"],
      nodes.map(({ name, zone, priority, reached, vrrp, nginx, config, served, generation, address }) => [
        name,
        zone,
        priority,
        vrrp,
        nginx,
        reached && served ? config : "-",
        generation,
        reached ? address : "-",
      ]),
    ),
    ...(drain ? [`# ${drainLine(drain)}`] : []),
    ...certificateLine(report),
    ...rest.map((problem) => colours.yellow(line(problem))),
    ...warnings.map((warning) => colours.yellow(line(warning))),
    ...(problems.length > 0 ? [colours.dim(RUNBOOK)] : []),
  ].join("\n");
}

/** Every certificate with its days, as the holder serves it; both nodes serve the same. */
function certificateLine({ nodes, holder }: StatusReport): string[] {
  const { certificates = [] } =
    nodes.find(({ name }) => name === holder) ?? nodes.find((node) => node.reached) ?? {};
  const each = certificates.map(({ name, days }) => `${name} ${days ?? "stand-in"}`);
  return each.length === 0 ? [] : [`certificates, days left: ${each.join(", ")}`];
}

/** Whatever may have two nodes answer for the VIP, or none. */
const URGENT: string[] = [
  "two-holders",
  "two-masters",
  "no-holder",
  "master-without-vip",
  "vip-without-master",
];

const RUNBOOK = "# what each means and what to do: docs/runbook.md";

const line = ({ node, text, remedy }: { node?: string; text: string; remedy?: string }): string =>
  `# ${node ? `${node}: ` : ""}${text}${remedy ? ` (${remedy})` : ""}`;
