import type { z } from "zod";
import { type Cluster, cluster } from "./cluster";
import { brokenRules } from "./rules";
import { dotted } from "./rules/problem";

/** The whole configuration, or every problem that it has: a line each with path, rule, offending value, remedy. */
export type Parsed = { cluster: Cluster } | { problems: string[] };

/** Parses the stack's `nginx-ha:cluster`. */
export function parseCluster(input: unknown): Parsed {
  const result = cluster.safeParse(input, { reportInput: true });
  const issues = result.success ? [] : result.error.issues;
  const told = new Set(issues.map((issue) => dotted(issue.path)));
  const broken = brokenRules(input).filter((problem) => !told.has(dotted(problem.path)));
  const problems = [
    ...issues.map((issue) => line(issue.path, rule(issue))),
    ...broken.map(({ path, message, value }) =>
      line(path, value === undefined ? message : `${message} (is ${shown(value)})`),
    ),
  ];
  return result.success && problems.length === 0 ? { cluster: result.data } : { problems };
}

const line = (path: readonly PropertyKey[], text: string): string =>
  `nginx-ha:${dotted(["cluster", ...path])}: ${text}`;

function rule(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${key}"`).join(", ");
    return `has no key ${keys}; every key is in Pulumi.example.yaml`;
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    const given = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
    return given === undefined ? `is required: it ${issue.message}` : `${issue.message} (is ${shown(given)})`;
  }
  if (issue.input === undefined) return "is required; every key is in Pulumi.example.yaml";
  if (issue.code === "invalid_type") return `must be ${article(issue.expected)} (is ${shown(issue.input)})`;
  return `${issue.message} (is ${shown(issue.input)})`;
}

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);

/** A value as an error may show it: short, and nothing that could be a key. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return /PRIVATE KEY|[A-Za-z0-9+/=]{100}/.test(text) ? "not shown: it looks like a key" : text.slice(0, 120);
}
