import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Tree, treeHash } from "../../node/sync/tree-hash";
import { namesIn, replaceFile, syncDirectory, textOf, writeTree } from "./durable";
import type { Layout } from "./layout";
import { carryIgnored, readTree } from "./tree";

/** How the operator's directory stands to the generation that is served. */
export type Standing =
  /** The same. */
  | "same"
  /** As we wrote it, from an earlier generation. */
  | "behind"
  /** Somebody edited what is served. */
  | "edited"
  /** Somebody edited what is not served any more. */
  | "edited-behind";

/**
 * The directory in which an operator, or a tool, changes what nginx serves, a copy of the served generation's part.
 * It is always replaced as a whole. What somebody else wrote is never thrown away: it goes to `drift/`.
 */
export class Watched {
  readonly path: string;

  /** @param home the directory that has it, and `drift` @param state where it is written down what we wrote */
  constructor(
    private readonly home: string,
    private readonly state: string,
    private readonly layout: Layout,
  ) {
    this.path = join(home, layout.watched);
    for (const path of [this.drift, this.state])
      mkdirSync(path, { recursive: true, mode: layout.modes.directory });
    this.finish();
  }

  private get drift(): string {
    return join(this.home, "drift");
  }
  private get fresh(): string {
    return join(this.home, ".watched-new");
  }
  private get base(): string | undefined {
    return textOf(join(this.state, "sites"));
  }

  /** What is in it. @throws Refused when something in it is not to be taken */
  read = (): Tree => readTree(this.path);

  /** @param served the hash of the served generation's part */
  standing(tree: Tree, served: string): Standing {
    const found = treeHash(tree);
    const { base } = this;
    if (found === served) return "same";
    if (found === base || (base === undefined && tree.size === 0)) return "behind";
    return base === undefined || base === served ? "edited" : "edited-behind";
  }

  /** It is what is served: a difference from now on is an edit. */
  agree(served: string): void {
    if (this.base !== served) replaceFile(join(this.state, "sites"), served);
  }

  /** Replaces it, with a copy of what somebody else wrote. @returns where the copy is */
  replace(tree: Tree, keep: boolean): string | undefined {
    rmSync(this.fresh, { recursive: true, force: true });
    writeTree(this.fresh, tree, this.layout.modes);
    carryIgnored(this.path, this.fresh);
    const kept = keep ? this.nextDrift() : join(this.home, ".watched-old");
    rmSync(join(this.home, ".watched-old"), { recursive: true, force: true });
    renameSync(this.path, kept);
    renameSync(this.fresh, this.path);
    syncDirectory(this.home);
    rmSync(join(this.home, ".watched-old"), { recursive: true, force: true });
    this.agree(treeHash(tree));
    return keep ? kept : undefined;
  }

  /** The copies that nobody has looked at: an operator removes them. */
  kept = (): string[] => namesIn(this.drift).map((name) => join(this.drift, name));

  /** A run that ended between the two renames. */
  private finish(): void {
    if (existsSync(this.path)) return;
    if (existsSync(this.fresh)) renameSync(this.fresh, this.path);
    else mkdirSync(this.path, { mode: this.layout.modes.directory });
    syncDirectory(this.home);
  }

  private nextDrift(): string {
    const numbers = namesIn(this.drift).map(Number).filter(Number.isInteger);
    return join(this.drift, `${Math.max(0, ...numbers) + 1}`);
  }
}
