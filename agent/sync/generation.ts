import { shortOf, type Tree } from "../../node/sync/tree-hash";
import { type Head, idOf } from "./head";
import { Layout } from "./layout";
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

/** The port on which nginx answers for itself, as the stack's part says. */
export function portOf({ stack }: Parts): number {
  const port = Number(JSON.parse(stack.get("stack.json")?.toString() ?? "{}").port);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Refused("stack.json: says no port; run pulumi up again");
  return port;
}

/**
 * What nginx serves. `generation.conf` is included in nginx's `http` block: it brings the operator's files in, and the
 * hash with which nginx answers for itself; `generation.env` is for the shell.
 */
export const configuration = new Layout({
  watched: "sites",
  modes: { file: 0o644, directory: 0o755 },
  kept: 5,
  own({ head, parts }) {
    const hash = shortOf(head.hash);
    return {
      "generation.conf": generationConf(hash),
      "generation.env": `CONFIG=${hash}\nGENERATION=${idOf(head)}\nPORT=${portOf(parts)}\n`,
    };
  },
});

/** @param hash what the health name answers */
const generationConf = (hash: string): string => `# Made by nginx-ha.
geo $nginx_ha_config {
    default "${hash}";
}
include sites/*.conf;
`;

/** Certificates and keys that an operator or a tool brings, and the keys of TLS session tickets: nobody's but root's. */
export const secrets = new Layout({
  watched: "private",
  modes: { file: 0o600, directory: 0o700 },
  kept: 2,
  own: () => ({}),
});

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
    [head.by, head.source, head.at, head.rolledBack ?? ""].every(
      (one) => typeof one === "string" && one.length < 100,
    );
  if (!good) throw new Refused("a generation's head cannot be read");
  return head;
}
