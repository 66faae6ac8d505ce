import { createHash } from "node:crypto";
import type { Failure } from "../provider";
import { nameOf } from "../urn";
import type { Values } from "../wire";
import type { Property } from "./fidelity";
import { leaves } from "./plain";

/** Inputs with the defaults of the table; every property that it does not have is a failure. */
export function check(
  urn: string,
  news: Values,
  olds: Values,
  table: Map<string, Property>,
): { inputs: Values; failures: Failure[] } {
  const failures = [...leaves(news).keys()]
    .filter((path) => !known(table, path))
    .map((path) => ({
      property: path,
      reason: "is not in docs/fidelity.md as an input: this stand-in refuses what it does not know",
    }));
  const inputs: Values = { ...news };
  for (const [name, { default: value }] of table) {
    if (value === undefined || name in inputs) continue;
    inputs[name] = value === "auto-name" ? (olds[name] ?? autoName(urn)) : (value as Values[string]);
  }
  return { inputs, failures };
}

function known(table: Map<string, Property>, path: string): boolean {
  const property = table.get(path) ?? table.get(path.split(".")[0] ?? "");
  const nested = path.includes(".") && !table.has(path);
  return property !== undefined && !nested && property.rule !== "computed";
}

/** A name that no other resource of the Region has: the engine asks once for each, and keeps the answer. */
function autoName(urn: string): string {
  const random = createHash("sha256")
    .update(`${urn} ${process.hrtime.bigint()} ${Math.random()}`)
    .digest("hex");
  return `${nameOf(urn)}-${random.slice(0, 7)}`;
}
