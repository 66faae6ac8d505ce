import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Tree, treeHash } from "../../node/sync/tree-hash";
import { pruneCopies } from "./copies";
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

const NOTHING = treeHash(new Map());

/**
 * The directory in which an operator, or a tool, changes what nginx serves, a copy of the served generation's part.
 * It is always replaced as a whole. What somebody else wrote goes to `drift/`, where the newest copies stay (copies.ts).
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
  /** What was replaced, until it is known whether somebody else wrote it. */
  private get old(): string {
    return join(this.home, ".watched-old");
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

  /**
   * Replaces it. Whether somebody else wrote what was there is judged when it is out of everybody's way: an edit may come
   * after every look at the directory itself.
   * @returns where the copy of what somebody else wrote is
   */
  replace(tree: Tree): string | undefined {
    rmSync(this.fresh, { recursive: true, force: true });
    writeTree(this.fresh, tree, this.layout.modes);
    carryIgnored(this.path, this.fresh);
    if (existsSync(this.old)) this.putAside();
    renameSync(this.path, this.old);
    renameSync(this.fresh, this.path);
    syncDirectory(this.home);
    const fresh = treeHash(tree);
    const kept = this.putAside(fresh);
    this.agree(fresh);
    return kept;
  }

  /** The copies that nobody has looked at: an operator removes them, and the oldest go by themselves when there are many. */
  kept = (): string[] => namesIn(this.drift).map((name) => join(this.drift, name));

  /** A run that ended between the renames. */
  private finish(): void {
    if (!existsSync(this.path)) {
      if (existsSync(this.fresh)) renameSync(this.fresh, this.path);
      else mkdirSync(this.path, { mode: this.layout.modes.directory });
      syncDirectory(this.home);
    }
    if (existsSync(this.old)) this.putAside();
  }

  /** Keeps what was replaced, unless it is as we wrote it, or as it would be written now. @returns where */
  private putAside(fresh?: string): string | undefined {
    const found = this.hashOf(this.old);
    if (found !== undefined && [this.base ?? NOTHING, fresh].includes(found)) {
      rmSync(this.old, { recursive: true, force: true });
      return undefined;
    }
    const kept = this.nextDrift();
    renameSync(this.old, kept);
    syncDirectory(this.drift);
    pruneCopies(this.numbers().map((number) => join(this.drift, `${number}`)));
    return kept;
  }

  /** Nothing where something in it is not to be taken: nobody but an operator puts that there. */
  private hashOf(path: string): string | undefined {
    try {
      return treeHash(readTree(path));
    } catch {
      return undefined;
    }
  }

  /** Of the copies, the newest first. */
  private numbers = (): number[] =>
    namesIn(this.drift)
      .map(Number)
      .filter(Number.isInteger)
      .sort((a, b) => b - a);

  private nextDrift = (): string => join(this.drift, `${(this.numbers()[0] ?? 0) + 1}`);
}
