import type { Change } from "../provider";
import { equal, reveal } from "../values";
import type { Value, Values } from "../wire";
import type { Property } from "./fidelity";
import { hasUnknown, leaves } from "./plain";

/** JSON documents: the original takes no notice of how they are written. */
const DOCUMENTS = new Set(["policy", "assumeRolePolicy"]);

/** What changed between the inputs of last time and of now, and what of it the table says makes a new resource. */
export function diff(olds: Values, news: Values, table: Map<string, Property>): Record<string, Change> {
  const [before, after] = [leaves(olds), leaves(news)];
  const changes: Record<string, Change> = {};
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(path), after.get(path)];
    if (same(path, was, is)) continue;
    const kind = was === undefined ? "add" : is === undefined ? "delete" : "update";
    changes[path] = { kind, replace: replaces(path, news, table) };
  }
  return changes;
}

function replaces(path: string, news: Values, table: Map<string, Property>): boolean {
  const rule = (table.get(path) ?? table.get(path.split(".")[0] ?? ""))?.rule;
  return rule === "replace" || (path === "userData" && news.userDataReplaceOnChange === true);
}

function same(path: string, was: Value | undefined, is: Value | undefined): boolean {
  if (hasUnknown(is)) return false;
  const [one, other] = [
    was === undefined ? undefined : reveal(was),
    is === undefined ? undefined : reveal(is),
  ];
  if (isEmpty(one) && isEmpty(other)) return true;
  if (DOCUMENTS.has(path)) return canonical(one) === canonical(other);
  if (Array.isArray(one) && Array.isArray(other)) return equal([...one].sort(), [...other].sort());
  return equal(one, other);
}

const isEmpty = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && Object.keys(value as object).length === 0);

function canonical(text: Value | undefined): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  };
  return JSON.stringify(sorted(JSON.parse(String(text ?? "null"))));
}
