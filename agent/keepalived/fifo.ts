import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { createInterface } from "node:readline";
import { log, reasonOf } from "../log";

/** Whether keepalived made this node MASTER: it has the anchor on the loopback device then, and only then. */
export const holdsAnchor = (anchor: string): boolean =>
  (networkInterfaces().lo ?? []).some(({ address }) => address === anchor);

/** The state in a line of the notify FIFO, such as `INSTANCE "VI_1" MASTER 254`. */
export const stateIn = (line: string): string | undefined => /^INSTANCE "[^"]+" (\S+)/.exec(line)?.[1];

/**
 * Tells of each line that keepalived writes to its notify FIFO. Opened for writing as well, so that it does not end
 * when keepalived does; what was written while nobody read is told first. Without a FIFO nothing is told: the looks
 * at every interval find out.
 * @returns whether there is one
 */
export function watchFifo(path: string, tell: (state: string) => void): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    log("no notify FIFO: changes of the VRRP state are found late", { path, reason: reasonOf(error) });
    return false;
  }
  const lines = createInterface({ input: new Socket({ fd, readable: true, writable: false }) });
  lines.on("error", (error: Error) => {
    log("the notify FIFO cannot be read", { reason: reasonOf(error) });
    process.exit(1);
  });
  lines.on("line", (line) => {
    const state = stateIn(line);
    if (state) tell(state);
  });
  return true;
}
