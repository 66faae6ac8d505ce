import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { deepmergeCustom } from "deepmerge-ts";
import { parse } from "yaml";

/** Keys of objects are merged; a list of the stack's replaces the shared one. */
const merge = deepmergeCustom({ mergeArrays: false });

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const isPath = (value: unknown): value is string => typeof value === "string" && value !== "";

/** The files that `nginx-ha:shared` names, one or a list of them; none when it is anything else. */
export function sharedFiles(shared: unknown): string[] {
  const all = Array.isArray(shared) ? shared : [shared];
  return all.every(isPath) ? all : [];
}

/**
 * What a stack says, on top of what it shares with others: YAML files with keys of `nginx-ha:cluster`.
 * @param shared as `nginx-ha:shared` has it: a path relative to the project, or a list of them, later ones on top;
 * nothing when nothing is shared
 * @returns the cluster, or a line that says what is wrong with a file
 */
export function withShared(
  own: unknown,
  shared: unknown,
  project = process.cwd(),
): { cluster: unknown } | { problem: string } {
  if (shared === undefined || shared === null || shared === "") return { cluster: own };
  const paths = sharedFiles(shared);
  if (paths.length === 0)
    return { problem: "nginx-ha:shared: must be a file of the project, or a list of such files" };
  let below: Record<string, unknown> = {};
  for (const path of paths) {
    const read = sharedFile(path, project);
    if ("problem" in read) return read;
    below = merge(below, read.cluster) as Record<string, unknown>;
  }
  if (own !== undefined && !isObject(own)) return { cluster: own };
  return { cluster: merge(below, own ?? {}) };
}

function sharedFile(
  path: string,
  project: string,
): { cluster: Record<string, unknown> } | { problem: string } {
  let cluster: unknown;
  try {
    cluster = parse(readFileSync(resolve(project, path), "utf8"));
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    return { problem: `nginx-ha:shared: must be a YAML file of the project (is "${path}": ${reason})` };
  }
  if (isObject(cluster)) return { cluster };
  return { problem: `nginx-ha:shared: must hold keys of nginx-ha:cluster (is "${path}")` };
}

/** `nginx-ha:shared` as Pulumi gives it: text, which is JSON where the stack's file has a list. */
export function sharedValue(text: string | undefined): unknown {
  if (!text?.startsWith("[")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
