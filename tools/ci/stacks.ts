import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A stack of the project, and the file that it shares with others. */
export interface Stack {
  name: string;
  shared?: string;
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
      ({ name, shared }) =>
        all || changed.includes(`Pulumi.${name}.yaml`) || (shared !== undefined && changed.includes(shared)),
    )
    .map(({ name }) => name);
}

/** The project's stacks; the annotated examples are none. */
export function stacksOf(root: string): Stack[] {
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .filter((name) => !name.startsWith("example"))
    .sort()
    .map((name) => {
      const { config } = parse(readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8"));
      const shared: string | undefined = config["nginx-ha:shared"];
      return shared === undefined ? { name } : { name, shared };
    });
}
