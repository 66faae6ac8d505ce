import { createHash } from "node:crypto";

/** Files by their path, relative and with `/`; content only: modes and owners are not an operator's to choose. */
export type Tree = ReadonlyMap<string, Buffer>;

/** Names what is in a tree: SHA-256 over every path, length and content, in the order of the paths' code units. */
export function treeHash(tree: Tree): string {
  const hash = createHash("sha256");
  for (const path of [...tree.keys()].sort()) {
    const content = tree.get(path) as Buffer;
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Enough of a hash to read out, and to tell generations apart. */
export const shortOf = (hash: string): string => hash.slice(0, 12);
