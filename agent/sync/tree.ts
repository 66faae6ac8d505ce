import {
  closeSync,
  constants,
  cpSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import type { Tree } from "../../node/sync/tree-hash";
import { checkPath, isIgnored, LIMITS } from "./names";
import { Refused } from "./refused";

/**
 * Reads a directory of regular files. What could lead elsewhere, or never end, is refused: links, devices, pipes.
 * @param times the limits of one part; a whole generation has two
 * @throws Refused with the path and the rule; an Error when a file changes while it is read
 */
export function readTree(root: string, times = 1): Tree {
  const most = { files: times * LIMITS.files, bytes: times * LIMITS.bytes };
  const tree = new Map<string, Buffer>();
  let bytes = 0;
  const enter = (prefix: string): void => {
    for (const entry of readdirSync(join(root, prefix), { withFileTypes: true })) {
      if (isIgnored(entry.name)) continue;
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      checkPath(path, root);
      if (entry.isDirectory()) {
        enter(path);
        continue;
      }
      if (!entry.isFile())
        throw new Refused(
          `${join(root, path)} is ${entry.isSymbolicLink() ? "a symbolic link" : "no regular file"}; only regular files are taken: put a copy there`,
        );
      const content = readRegular(join(root, path), most.bytes - bytes, most.bytes);
      bytes += content.length;
      tree.set(path, content);
      if (tree.size > most.files)
        throw new Refused(`${root} has more than ${most.files} files; keep fewer there`);
    }
  };
  enter("");
  return tree;
}

/** What is not looked at in a directory stays in it when it is replaced: copies it over, where its folder is still there. */
export function carryIgnored(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [there, here] = [join(from, entry.name), join(to, entry.name)];
    if (isIgnored(entry.name)) cpSync(there, here, COPY);
    else if (entry.isDirectory() && existsSync(here)) carryIgnored(there, here);
  }
}

const COPY = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };

/** Without following a link, and without waiting for the other end of a pipe. */
function readRegular(path: string, left: number, most: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const before = fstatSync(fd);
    if (!before.isFile()) throw new Refused(`${path} is no regular file; only regular files are taken`);
    if (before.nlink > 1)
      throw new Refused(
        `${path} is a hard link to another file; only files of its own are taken: put a copy there`,
      );
    if (before.size > left)
      throw new Refused(`${path}: the directory holds more than ${most / 1024 / 1024} MB; keep less there`);
    const content = Buffer.alloc(before.size);
    let read = 0;
    for (let part = -1; read < content.length && part !== 0; read += part)
      part = readSync(fd, content, read, content.length - read, read);
    if (read < content.length || changed(before, fstatSync(fd)))
      throw new Error(`${path} changes while it is read`);
    return content;
  } finally {
    closeSync(fd);
  }
}

const changed = (before: Stats, after: Stats): boolean =>
  before.size !== after.size || before.mtimeMs !== after.mtimeMs || before.ctimeMs !== after.ctimeMs;
