import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "../../node/sync/tree-hash";
import { namesIn, replaceLink } from "./durable";
import { Refused } from "./refused";

/**
 * Certificates in a generation of secrets, each a folder of its name: the stack's, those that came by ACME, and those that
 * the stack made to stand in until one comes by ACME. Of a name the first one that is there is served.
 */
export const FOLDERS = ["certificates", "acme", "placeholders"] as const;
/** The accounts at ACME's authorities: whoever is MASTER goes on with the same. */
const ACCOUNTS = "acme-accounts/";

/** `acme/main/privkey.pem` → acme, main; nothing for what is no certificate's. */
function placeOf(path: string): { folder: (typeof FOLDERS)[number]; name: string } | undefined {
  const [folder, name = ""] = path.split("/");
  const found = FOLDERS.find((one) => one === folder);
  return found && { folder: found, name };
}

const namesOf = (tree: Tree, folder: (typeof FOLDERS)[number]): Set<string> =>
  new Set(
    [...tree.keys()].flatMap((path) => (placeOf(path)?.folder === folder ? [placeOf(path)?.name ?? ""] : [])),
  );

/**
 * The stack's part with these certificates, and of those before with the ones that are still named: nginx refuses a
 * configuration whose certificate is gone. What came by ACME stays as long as the stack says that the name's does; one of
 * the stack's stays until it has come.
 */
export function withCertificates(stack: Tree, given: Tree, named: ReadonlySet<string>): Tree {
  const [own, standIns] = [namesOf(given, "certificates"), namesOf(given, "placeholders")];
  const stays = ([path]: [string, Buffer]): boolean => {
    const place = placeOf(path);
    if (!place) return true;
    if (own.has(place.name)) return false;
    return standIns.has(place.name) ? place.folder !== "placeholders" : named.has(place.name);
  };
  return new Map([...[...stack].filter(stays), ...given]);
}

/**
 * The stack's part with what came by ACME, for names that it says come from there, and with the accounts.
 * @param given folders `acme` and `acme-accounts`
 * @throws Refused when one of them is not to come from there: whoever got it must not take it for published
 */
export function withIssued(stack: Tree, given: Tree): Tree {
  const wanted = namesOf(stack, "placeholders");
  const refused = [...namesOf(given, "acme")].find((name) => !wanted.has(name));
  if (refused !== undefined)
    throw new Refused(`the certificate ${refused} is not to come by ACME: the stack has no stand-in for it`);
  const taken = [...given].filter(([path]) => {
    const place = placeOf(path);
    return place ? place.folder === "acme" : path.startsWith(ACCOUNTS);
  });
  const names = namesOf(new Map(taken), "acme");
  const stays = ([path]: [string, Buffer]): boolean => {
    const place = placeOf(path);
    return place ? place.folder === "placeholders" || !names.has(place.name) : !path.startsWith(ACCOUNTS);
  };
  return new Map([...[...stack].filter(stays), ...taken]);
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
  namesIn(contents).flatMap((name) => FOLDERS.flatMap((folder) => namesIn(join(contents, name, folder))));

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
  for (const name of new Set(FOLDERS.flatMap((folder) => namesIn(join(serving, folder))))) {
    const found = FOLDERS.map((folder) => join(serving, folder, name)).find((path) => existsSync(path));
    if (found === undefined || targetOf(join(links, name)) === found) continue;
    mkdirSync(links, { recursive: true, mode: 0o755 });
    replaceLink(join(links, name), found);
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
