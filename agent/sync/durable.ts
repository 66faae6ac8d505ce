import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Tree } from "../../node/sync/tree-hash";

/** Who may read what is written. */
export interface Modes {
  file: number;
  directory: number;
}

/** Makes what was done in a directory, renames and new names, survive a power cut. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A new file, on disk when it returns; nobody sees it with other rights than `mode`. */
function writeDurably(path: string, content: string | Buffer, mode: number): void {
  const fd = openSync(path, "wx", mode);
  try {
    const bytes = Buffer.from(content);
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Replaces a file as a whole: whoever reads it, whenever, finds the old one or the new one. */
export function replaceFile(path: string, content: string, mode = 0o644): void {
  rmSync(`${path}.new`, { force: true });
  writeDurably(`${path}.new`, content, mode);
  renameSync(`${path}.new`, path);
  syncDirectory(dirname(path));
}

/** Makes a symbolic link lead elsewhere, in one step. */
export function replaceLink(path: string, target: string): void {
  rmSync(`${path}.new`, { force: true });
  symlinkSync(target, `${path}.new`);
  renameSync(`${path}.new`, path);
  syncDirectory(dirname(path));
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** A new directory with these files in it, on disk when it returns. */
export function writeTree(root: string, tree: Tree, { file, directory }: Modes): void {
  mkdirSync(root, { mode: directory });
  const made = new Set([root]);
  for (const [path, content] of tree) {
    for (const parent of parentsOf(path)) {
      const full = join(root, parent);
      if (!made.has(full)) mkdirSync(full, { mode: directory });
      made.add(full);
    }
    writeDurably(join(root, path), content, file);
  }
  for (const one of made) syncDirectory(one);
  syncDirectory(dirname(root));
}

/** `a/b/c` is in `a` and in `a/b`. */
const parentsOf = (path: string): string[] => {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
};

/** A small file's text; nothing when there is none. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The names in a directory; none when there is none. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
