import { textOf } from "../sync/durable";
import type { Troubles } from "./decide";

/** Of the node's own: what is under way, and what went wrong. */
export const STATE = "/var/lib/nginx-ha/acme";
/** What an authority gave and both nodes have not got yet, a directory for each certificate. */
export const ISSUED = `${STATE}/issued`;
export const TROUBLE = `${STATE}/trouble.json`;

/** What goes wrong, for the alarm; nothing when all is well. */
export function troubleOf(path: string): string | undefined {
  const each = Object.entries(readTroubles(path)).map(
    ([name, { times, reason }]) =>
      `certificate ${name}, tried ${times === 1 ? "once" : `${times} times`}: ${reason}`,
  );
  return each.length === 0 ? undefined : each.join("; ");
}

/** Nothing of what cannot be read: the next try writes it anew. */
export function readTroubles(path: string): Troubles {
  try {
    return JSON.parse(textOf(path) ?? "{}");
  } catch {
    return {};
  }
}
