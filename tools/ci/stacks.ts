import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parse } from "yaml";
import { sharedFiles } from "../../config/shared";

/** A stack of the project, and the files that it shares with others. */
export interface Stack {
  name: string;
  shared: string[];
}

/** What every stack's preview depends on: the program, and what it is made of. */
const PROGRAM =
  /^(index\.ts|Pulumi\.yaml|tsconfig(\.pulumi)?\.json|package(-lock)?\.json|(components|config|node|agent)\/.*\.(ts|sh|json))$/;

/**
 * The stacks whose preview a change can affect: by their own file, by a file that they share, or all by the program.
 * @param changed paths of the repository
 */
export function affected(changed: readonly string[], stacks: readonly Stack[]): string[] {
  const all = changed.some((path) => PROGRAM.test(path));
  return stacks
    .filter(
      ({ name, shared }) => all || [`Pulumi.${name}.yaml`, ...shared].some((it) => changed.includes(it)),
    )
    .map(({ name }) => name);
}

/** The stacks whose file a change takes away. */
export const removed = (changed: readonly string[], stacks: readonly Stack[]): string[] =>
  stackNames(changed).filter((name) => !stacks.some((stack) => stack.name === name));

/** The project's stacks; the annotated examples are none. */
export const stacksOf = (root: string): Stack[] =>
  stackNames(readdirSync(root)).map((name) => ({
    name,
    shared: sharedFiles(configOf(root, name)["nginx-ha:shared"]).map((path) => posix.normalize(path)),
  }));

/** What a stack's file says; nothing when it is no YAML, which its own preview tells. */
export function configOf(root: string, name: string): Record<string, unknown> {
  try {
    return parse(readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8"))?.config ?? {};
  } catch {
    return {};
  }
}

const stackNames = (files: readonly string[]): string[] =>
  files
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .filter((name) => !name.startsWith("example"))
    .sort();
