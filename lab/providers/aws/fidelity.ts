import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Rule = "in place" | "stopped" | "replace" | "computed";

/** One property of a resource type; nested ones have dotted names. */
export interface Property {
  rule: Rule;
  /** Filled in when the program says nothing; `auto-name` makes a name of the resource's own. */
  default?: unknown;
}

export interface Fidelity {
  resources: Map<string, Map<string, Property>>;
  /** Functions, with their arguments. */
  functions: Map<string, Set<string>>;
}

const RULES: Record<string, Rule> = {
  "in place": "in place",
  "in place, stopped and started": "stopped",
  replace: "replace",
  computed: "computed",
};

const document = join(__dirname, "../../../docs/fidelity.md");

/** Reads the tables of docs/fidelity.md; what does not look like one of them is an error. */
export function readFidelity(text = readFileSync(document, "utf8")): Fidelity {
  const [, resources = "", functions = ""] = /## Resources\n(.*)## Functions\n(.*)/s.exec(text) ?? [];
  const sections = resources.split(/^### /m).slice(1);
  return {
    resources: new Map(
      sections.map((section) => [code(section.split("\n")[0] ?? ""), new Map(rows(section).map(property))]),
    ),
    functions: new Map(
      rows(functions).map(([name = "", args = ""]) => [
        code(name),
        new Set(args.split(", ").filter(Boolean).map(code)),
      ]),
    ),
  };
}

function property([name = "", rule = "", given = ""]: string[]): [string, Property] {
  const known = RULES[rule];
  if (!known) throw new Error(`docs/fidelity.md: ${name}: no such change: ${rule}`);
  if (given === "") return [code(name), { rule: known }];
  return [code(name), { rule: known, default: given === "auto-name" ? given : JSON.parse(code(given)) }];
}

/** The cells of a section's table, without its head. */
function rows(section: string): string[][] {
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function code(cell: string): string {
  const text = /^`(.+)`$/.exec(cell)?.[1];
  if (text === undefined) throw new Error(`docs/fidelity.md: ${cell} should be in backticks`);
  return text;
}
