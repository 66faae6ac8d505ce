import { shortOf, type Tree, treeHash } from "../../node/sync/tree-hash";
import { type Head, idOf } from "./head";
import { checkPath, LIMITS } from "./names";
import { Refused } from "./refused";

/** A generation's two parts: the stack's, `pulumi up` alone brings it, and the operator's. */
export interface Parts {
  stack: Tree;
  sites: Tree;
}

/** A whole generation, as it lies on disk and goes to the peer. */
export interface Generation {
  head: Head;
  parts: Parts;
}

const SITES = "sites/";
/** What a node writes beside both parts; made of the head, so it is in no hash. */
const OWN = ["head.json", "generation.conf", "generation.env"];

/** Both parts as they lie in one directory, which is nginx's. */
export const together = ({ stack, sites }: Parts): Tree =>
  new Map([...stack, ...[...sites].map(([path, content]) => [`${SITES}${path}`, content] as const)]);

export const hashesOf = (parts: Parts): Pick<Head, "hash" | "parts"> => ({
  hash: treeHash(together(parts)),
  parts: { stack: treeHash(parts.stack), sites: treeHash(parts.sites) },
});

/** Takes the two parts out of a directory's files. */
export function apart(files: Tree): Parts {
  const stack = new Map<string, Buffer>();
  const sites = new Map<string, Buffer>();
  for (const [path, content] of files) {
    if (path.startsWith(SITES)) sites.set(path.slice(SITES.length), content);
    else if (!OWN.includes(path)) stack.set(path, content);
  }
  return { stack, sites };
}

/** The port on which nginx answers for itself, as the stack's part says. */
export function portOf({ stack }: Parts): number {
  const port = Number(JSON.parse(stack.get("stack.json")?.toString() ?? "{}").port);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Refused("stack.json: says no port; run pulumi up again");
  return port;
}

/**
 * All files of a generation's directory. `generation.conf` is included in nginx's `http` block: it brings the operator's
 * files in, and the hash with which nginx answers for itself; `generation.env` is for the shell.
 */
export function filesOf({ head, parts }: Generation): Tree {
  const hash = shortOf(head.hash);
  const own = {
    "head.json": `${JSON.stringify(head, null, 2)}\n`,
    "generation.conf": generationConf(hash),
    "generation.env": `CONFIG=${hash}\nGENERATION=${idOf(head)}\nPORT=${portOf(parts)}\n`,
  };
  return new Map([
    ...together(parts),
    ...Object.entries(own).map(([path, text]) => [path, Buffer.from(text)] as const),
  ]);
}

/** @param hash what the health name answers */
const generationConf = (hash: string): string => `# Made by nginx-ha.
geo $nginx_ha_config {
    default "${hash}";
}
include sites/*.conf;
`;

/**
 * Whether this is what its head says, whoever sent it.
 * @throws Refused
 */
export function verify({ head, parts }: Generation): void {
  const found = hashesOf(parts);
  if (
    found.hash !== head.hash ||
    found.parts.stack !== head.parts.stack ||
    found.parts.sites !== head.parts.sites
  )
    throw new Refused(
      `the generation ${idOf(head)} is not what its hash says: it has ${shortOf(found.hash)}; it was damaged or changed by hand`,
    );
  const reserved = [...parts.stack.keys()].find((path) => OWN.includes(path) || path.startsWith(SITES));
  if (reserved !== undefined) throw new Refused(`the stack's part must not have a file ${reserved}`);
  let bytes = 0;
  for (const [path, content] of together(parts)) {
    checkPath(path, `the generation ${idOf(head)}`);
    bytes += content.length;
  }
  if (bytes > 2 * LIMITS.bytes) throw new Refused(`the generation ${idOf(head)} is larger than is taken`);
}

/** A head that came from elsewhere. @throws Refused when it is none */
export function parseHead(text: string): Head {
  const head = JSON.parse(text) as Head;
  const whole = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
  const hashes = [head?.hash, head?.parts?.stack, head?.parts?.sites, head?.declared];
  const good =
    whole(head?.term) &&
    whole(head?.number) &&
    hashes.every((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash)) &&
    Array.isArray(head.lineage) &&
    head.lineage.every((span) => Array.isArray(span) && span.length === 3 && span.every(whole)) &&
    [head.by, head.source, head.at].every((one) => typeof one === "string" && one.length < 100);
  if (!good) throw new Refused("a generation's head cannot be read");
  return head;
}
