import { type Tree, treeHash } from "../../node/sync/tree-hash";
import type { Modes } from "./durable";
import type { Generation, Parts } from "./generation";
import { type Head, idOf } from "./head";
import { checkPath, LIMITS } from "./names";
import { Refused } from "./refused";

/** What a stream's generations look like on disk. */
export interface LayoutOptions {
  /** The operator's directory, and the folder of its files in a generation. */
  watched: string;
  modes: Modes;
  /** So many generations are kept, the one that is served included. */
  kept: number;
  /** What a node writes beside both parts; made of the head, so it is in no hash. */
  own(generation: Generation): Record<string, string>;
}

/** How the two parts of a generation lie in one directory, and are told apart again. */
export class Layout {
  readonly watched: string;
  readonly modes: Modes;
  readonly kept: number;
  private readonly prefix: string;

  constructor(private readonly options: LayoutOptions) {
    this.watched = options.watched;
    this.modes = options.modes;
    this.kept = options.kept;
    this.prefix = `${options.watched}/`;
  }

  /** Both parts, as they go over the wire. */
  together = ({ stack, sites }: Parts): Tree =>
    new Map([...stack, ...[...sites].map(([path, content]) => [`${this.prefix}${path}`, content] as const)]);

  hashesOf = (parts: Parts): Pick<Head, "hash" | "parts"> => ({
    hash: treeHash(this.together(parts)),
    parts: { stack: treeHash(parts.stack), sites: treeHash(parts.sites) },
  });

  /** Takes the two parts out of a directory's files. */
  apart(files: Tree): Parts {
    const stack = new Map<string, Buffer>();
    const sites = new Map<string, Buffer>();
    for (const [path, content] of files) {
      if (path.startsWith(this.prefix)) sites.set(path.slice(this.prefix.length), content);
      else if (!OWN.includes(path)) stack.set(path, content);
    }
    return { stack, sites };
  }

  /** All files of a generation's directory. */
  filesOf = (generation: Generation): Tree =>
    new Map([
      ...this.together(generation.parts),
      ...Object.entries({
        "head.json": `${JSON.stringify(generation.head, null, 2)}\n`,
        ...this.options.own(generation),
      }).map(([path, text]) => [path, Buffer.from(text)] as const),
    ]);

  /**
   * Whether this is what its head says, whoever sent it.
   * @throws Refused
   */
  verify({ head, parts }: Generation): void {
    const { hash, parts: found } = this.hashesOf(parts);
    if (hash !== head.hash || found.stack !== head.parts.stack || found.sites !== head.parts.sites)
      throw new Refused(
        `the generation ${idOf(head)} is not what its hash says; it was damaged or changed by hand`,
      );
    const reserved = [...parts.stack.keys()].find(
      (path) => OWN.includes(path) || path.startsWith(this.prefix),
    );
    if (reserved !== undefined) throw new Refused(`the stack's part must not have a file ${reserved}`);
    const together = this.together(parts);
    let bytes = 0;
    for (const [path, content] of together) {
      checkPath(path, `the generation ${idOf(head)}`);
      bytes += content.length;
    }
    if (bytes > 2 * LIMITS.bytes || together.size > 2 * LIMITS.files)
      throw new Refused(`the generation ${idOf(head)} is larger than is taken`);
  }
}

const OWN = ["head.json", "generation.conf", "generation.env"];
