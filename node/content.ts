import { ACME_FILE, acmeSettings } from "./acme/settings";
import { nginxFiles } from "./nginx/files";
import type { NodeSettings } from "./settings";
import { treeHash } from "./sync/tree-hash";

/** The stack's part of what nginx serves from: equal on both nodes, and published by the one that is MASTER. */
export interface Content {
  /** Names it: SHA-256. */
  hash: string;
  /** Paths from nginx's configuration directory on. */
  files: { path: string; content: string }[];
}

/** nginx answers with the hash of the whole generation, which `generation.conf` says. */
const ANSWER = "$nginx_ha_config";

/** @see agent/sync/generation.ts for what a node puts beside these files */
export function stackContent({ address, peer, nginx }: NodeSettings): Content {
  const nodes = [address, peer.address].sort();
  const served = nginxFiles(nginx, nodes, ANSWER).map(({ path, content }) => ({
    path: path.replace(/^nginx\//, ""),
    content,
  }));
  const acme = acmeSettings(nginx);
  const files = [
    ...served,
    { path: "stack.json", content: `${JSON.stringify({ port: nginx.port })}\n` },
    ...(acme ? [{ path: ACME_FILE, content: `${JSON.stringify(acme, null, 2)}\n` }] : []),
  ];
  return { hash: treeHash(new Map(files.map(({ path, content }) => [path, Buffer.from(content)]))), files };
}

/** The names that nginx finds beside its own in `/etc/nginx`; relative includes start there. */
export const topNames = ({ files }: Content): string[] =>
  [...new Set(["generation.conf", "sites", ...files.map(({ path }) => path.split("/")[0] ?? "")])]
    .filter((name) => name !== "stack.json" && name !== ACME_FILE)
    .sort();
