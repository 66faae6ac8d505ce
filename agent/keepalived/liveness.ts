import { readFileSync } from "node:fs";

/** Where keepalived writes the number of its VRRP process, which does the election. */
const VRRP_PID_FILE = "/run/vrrp.pid";

/** What the kernel says of a process: its state's letter, and how often it gave the processor back by itself. */
export interface Pulse {
  pid: number;
  state: string;
  switches: number;
}

/** The pulse of keepalived's VRRP process; nothing when there is none. */
function pulse(pidFile = VRRP_PID_FILE, proc = "/proc"): Pulse | undefined {
  try {
    const pid = Number(readFileSync(pidFile, "latin1"));
    const status = readFileSync(`${proc}/${pid}/status`, "latin1");
    if (!/^Name:\s+keepalived$/m.test(status)) return undefined;
    const state = /^State:\s+(\S)/m.exec(status)?.[1] ?? "";
    return { pid, state, switches: Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]) };
  } catch {
    return undefined;
  }
}

/**
 * Whether keepalived does its work: a MASTER sends an advert every interval, and each time waits anew. One that is
 * stopped still has its addresses, and would be taken for a MASTER.
 */
export class Liveness {
  private last: Pulse | undefined;
  private changed = 0;

  /** @param limitMs how long it may be still; three adverts and a little more */
  constructor(
    private readonly limitMs: number,
    private readonly now: () => number = () => performance.now(),
    private readonly look: () => Pulse | undefined = pulse,
  ) {}

  /** To be called more often than the limit, so that a pulse is known when it is asked for. @returns whether it runs */
  sample(): boolean {
    const found = this.look();
    if (found?.pid !== this.last?.pid || found?.switches !== this.last?.switches) this.changed = this.now();
    this.last = found;
    return found !== undefined;
  }

  isLive(): boolean {
    if (!this.sample() || !this.last || "TtZX".includes(this.last.state)) return false;
    return this.now() - this.changed < this.limitMs;
  }
}
