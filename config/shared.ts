import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { deepmergeCustom } from "deepmerge-ts";
import { parse } from "yaml";

/** Keys of objects are merged; a list of the stack's replaces the shared one. */
const merge = deepmergeCustom({ mergeArrays: false });

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * What a stack says, on top of what it shares with others: a YAML file with keys of `nginx-ha:cluster`.
 * @param path as `nginx-ha:shared` has it, relative to the project; nothing when nothing is shared
 * @returns the cluster, or a line that says what is wrong with the file
 */
export function withShared(
  own: unknown,
  path: string | undefined,
  project = process.cwd(),
): { cluster: unknown } | { problem: string } {
  if (!path) return { cluster: own };
  let shared: unknown;
  try {
    shared = parse(readFileSync(resolve(project, path), "utf8"));
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    return { problem: `nginx-ha:shared: must be a YAML file of the project (is "${path}": ${reason})` };
  }
  if (!isObject(shared))
    return { problem: `nginx-ha:shared: must hold keys of nginx-ha:cluster (is "${path}")` };
  if (own !== undefined && !isObject(own)) return { cluster: own };
  return { cluster: merge(shared, own ?? {}) };
}
