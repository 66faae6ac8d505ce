import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Tree } from "../../node/sync/tree-hash";
import { syncDirectory, textOf, writeTree } from "../sync/durable";
import type { Issued, Wanted } from "./decide";

/** A certificate that came by ACME, in a generation of secrets or in what is here only; nothing where there is none. */
export function issuedIn(directory: string, { name }: Wanted): Issued | undefined {
  const chain = textOf(join(directory, "acme", name, "fullchain.pem"));
  const from = textOf(join(directory, "acme", name, "directory"));
  return chain === undefined || from === undefined ? undefined : { chain, directory: from.trim() };
}

/** Whether the pair serves a stand-in for this name, or did until one came: only then is one taken (`withIssued`). */
export const isExpected = (secrets: string, { name }: Wanted): boolean =>
  existsSync(join(secrets, "placeholders", name));

/** Puts what an authority gave where it outlives a crash: as a whole, or not at all. */
export function keepIssued(directory: string, tree: Tree): void {
  const fresh = `${directory}.new`;
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
  forget(fresh);
  writeTree(fresh, tree, { file: 0o600, directory: 0o700 });
  forget(directory);
  renameSync(fresh, directory);
  syncDirectory(dirname(directory));
}

export const forget = (directory: string): void => rmSync(directory, { recursive: true, force: true });
