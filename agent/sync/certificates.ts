import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "../../node/sync/tree-hash";
import { namesIn, replaceLink } from "./durable";

/** The stack's certificates in a generation of secrets: a folder for each name. */
const FOLDER = "certificates/";
const nameOf = (path: string): string => path.slice(FOLDER.length).split("/")[0] ?? "";
const isCertificate = (path: string): boolean => path.startsWith(FOLDER);

/**
 * The stack's part with these certificates, and of those before with the ones that are still named: nginx refuses a
 * configuration whose certificate is gone.
 */
export function withCertificates(stack: Tree, given: Tree, named: ReadonlySet<string>): Tree {
  const names = new Set([...given.keys()].map(nameOf));
  const stays = ([path]: [string, Buffer]): boolean =>
    !isCertificate(path) || (named.has(nameOf(path)) && !names.has(nameOf(path)));
  return new Map([...[...stack].filter(stays), ...given]);
}

/** Whether the stack's part has all of these as they are. */
export const hasCertificates = (stack: Tree, given: Tree): boolean =>
  [...given].every(([path, content]) => stack.get(path)?.equals(content));

/** The names of certificates that are in the files of these directories. */
export function namedCertificates(directories: readonly string[]): Set<string> {
  const names = new Set<string>();
  const enter = (directory: string): void => {
    for (const name of namesIn(directory)) {
      const path = join(directory, name);
      if (lstatSync(path).isDirectory()) enter(path);
      else for (const [, found = ""] of readFileSync(path, "utf8").matchAll(NAMED)) names.add(found);
    }
  };
  for (const directory of directories) enter(directory);
  return names;
}

/** The names of the certificates that `pulumi up` staged: the stack has them, whatever names them. */
export const stagedCertificates = (contents: string): string[] =>
  namesIn(contents).flatMap((name) => namesIn(join(contents, name, FOLDER)));

/**
 * Removes what `pulumi up` staged before, keys that the stack has no more included: what is named still is served.
 * @param contents a folder for each staging, by its hash @param hash the one that stays; nothing when there is none
 */
export function forgetStaged(contents: string, hash: string): void {
  for (const name of namesIn(contents))
    if (/^[0-9a-f]{12}$/.test(name) && name !== hash.slice(0, 12))
      rmSync(join(contents, name), { recursive: true, force: true });
}

const NAMED = /\/etc\/nginx-ha\/certificates\/([a-z0-9-]+)\//g;

/**
 * Makes the names under which nginx reads certificates lead to what is served. A name that leads nowhere is removed;
 * one that `pulumi up` staged stays until it is served.
 * @param home has the links @param serving the generation of secrets that is served
 */
export function linkCertificates(home: string, serving: string): void {
  const links = join(home, "certificates");
  const source = join(serving, "certificates");
  for (const name of namesIn(source)) {
    mkdirSync(links, { recursive: true, mode: 0o755 });
    if (targetOf(join(links, name)) !== join(source, name))
      replaceLink(join(links, name), join(source, name));
  }
  for (const name of namesIn(links))
    if (!existsSync(join(links, name))) rmSync(join(links, name), { recursive: true, force: true });
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
