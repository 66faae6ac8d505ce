import { randomBytes } from "node:crypto";
import type { Tree } from "../../node/sync/tree-hash";

const DAY_MS = 24 * 3600_000;
/** Two AES-256 keys and a name, as nginx reads them (ngx_http_ssl_module, ssl_session_ticket_key). */
const KEY_BYTES = 80;
const name = (place: number): string => `tickets/${place}.key`;
const MADE = "tickets/made";
/** By which HTTP/3's stateless resets are known (ngx_http_v3_module, quic_host_key): it stays, as long as connections may. */
const QUIC = "tickets/quic.key";

/**
 * The keys of TLS session tickets: the first encrypts, all three decrypt. The second one is the next one, so that a node
 * that is a rotation behind still reads what the other one writes; the third one is the one before.
 * @returns the stack's part of the secrets with the next ones
 */
export function nextTickets(stack: Tree, now: number): Tree {
  const previous = stack.has(MADE) ? stack : undefined;
  const [current, next] = [1, 2].map((place) => previous?.get(name(place)) ?? randomBytes(KEY_BYTES));
  const keys = previous ? [next, randomBytes(KEY_BYTES), current] : [current, next, randomBytes(KEY_BYTES)];
  return new Map([
    ...stack,
    ...keys.map((key, index) => [name(index + 1), key as Buffer] as const),
    [QUIC, previous?.get(QUIC) ?? randomBytes(32)],
    [MADE, Buffer.from(`${new Date(now).toISOString()}\n`)],
  ]);
}

/** The stack's part with keys, new ones unless it has some. */
export const withTickets = (stack: Tree, now: number): Tree =>
  stack.has(MADE) ? stack : nextTickets(stack, now);

/** Whether they are a day old; three days, where the other node has not got these yet. A clock that was set back counts. */
export function ticketsDue(tickets: Tree, acknowledged: boolean, now: number): boolean {
  if (!tickets.has(QUIC)) return true;
  const age = Math.abs(now - Date.parse(tickets.get(MADE)?.toString().trim() ?? ""));
  return !(age < DAY_MS * (acknowledged ? 1 : 3));
}

/** For nginx's `http` block, or a server's. @param serving where the generation that is served is found */
export const ticketsConf = (serving: string): string =>
  `# Made by nginx-ha: a session that began on one node is resumed on the other.
ssl_session_tickets on;
${[1, 2, 3].map((place) => `ssl_session_ticket_key ${serving}/${name(place)};\n`).join("")}`;

/** For nginx's `http` block, where HTTP/3 is offered. @param serving as above */
export const quicConf = (serving: string): string => `# Made by nginx-ha: the same on both nodes.
quic_host_key ${quicKey(serving)};
`;

export const quicKey = (serving: string): string => `${serving}/${QUIC}`;
