/** The states that the kernel writes into /proc/net/tcp of a connection that still has something to say. */
const ALIVE = new Set([
  "01", // ESTABLISHED
  "03", // SYN_RECV
  "04", // FIN_WAIT1: what was sent is not acknowledged yet
  "08", // CLOSE_WAIT
  "09", // LAST_ACK
  "0B", // CLOSING
]);

/**
 * How many connections to an address are alive.
 * @param table /proc/net/tcp: a heading, then a line each: number, local and remote address, state, …
 */
export function connectionsTo(address: string, table: string): number {
  const local = ` ${hexadecimal(address)}:`;
  return table.split("\n").filter((line) => line.includes(local) && isAlive(line, local)).length;
}

function isAlive(line: string, local: string): boolean {
  const [, own = "", , state = ""] = line.trim().split(/\s+/);
  return ` ${own}`.startsWith(local) && ALIVE.has(state);
}

/** An IPv4 address as the kernel writes it there: its four bytes the other way round, on a little-endian machine. */
const hexadecimal = (address: string): string =>
  address
    .split(".")
    .reverse()
    .map((byte) => Number(byte).toString(16).padStart(2, "0").toUpperCase())
    .join("");
