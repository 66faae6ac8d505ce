import { type Facts, factOf } from "./keys";

const VARIABLE = /\$\{([^}]*)\}/g;

/** The variables of a policy's text; `${*}`, `${?}` and `${$}` are these characters themselves. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, name = ""]) => (/^[*?$]$/.test(name) ? [] : name));
}

/**
 * Whether a value matches a policy's text, in which `*` and `?` are wildcards and variables stand for what the
 * request has. A variable that the request lacks matches nothing (IAM User Guide, "Policy variables").
 */
export function matches(
  text: string,
  value: string,
  facts: Facts | undefined,
  options = { wildcards: true, flags: "s" },
): boolean {
  let missing = false;
  const parts = (facts ? text.split(VARIABLE) : [text]).map((part, index) => {
    if (index % 2 === 0) return options.wildcards ? wild(part) : literal(part);
    if (/^[*?$]$/.test(part)) return literal(part);
    const fact = facts && factOf(facts, part);
    missing ||= fact === undefined;
    return literal(fact ?? "");
  });
  return !missing && new RegExp(`^${parts.join("")}$`, options.flags).test(value);
}

function wild(text: string): string {
  return text
    .split(/([*?])/)
    .map((part) => (part === "*" ? ".*" : part === "?" ? "." : literal(part)))
    .join("");
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
