import type { Cause } from "../health/tracks";
import type { Told } from "../worker";

/** A change of the VRRP state, why it came, and what the claim that followed took; milliseconds. */
interface Transition {
  /** ISO 8601. */
  at: string;
  to: string;
  /** To FAULT: the track file that said so. */
  cause?: string;
  /** To FAULT for a hang: from the first failure of the probe to the track file. */
  detectMs?: number;
  /** To FAULT: from the track file to keepalived's word. */
  changeMs?: number;
  claim?: { why: string; lookMs: number; callMs: number; verifyMs: number };
}

const KEEP = 20;

/** What the agent knows of its node; told by its parts, read by whoever asks. */
export class NodeState {
  readonly started = new Date().toISOString();
  readonly transitions: Transition[] = [];
  private readonly counts: Record<string, number> = {};
  vip: Pick<Told, "held" | "owner"> = { held: false, owner: "unknown" };
  claimAlarm: { kind: string; reason: string; since: string } | undefined;
  private clockAlarm: { kind: string; reason: string; since: string } | undefined;
  probeAlarm: { kind: string; reason: string; since: string } | undefined;
  /** What the probe took to find the last hang, milliseconds. */
  hangFoundMs = 0;
  probe = { answers: "unknown", failures: 0, fault: false };

  /** A change that keepalived told of in its notify FIFO, or that was seen; the same twice is one. */
  vrrp(to: string, why?: Cause): void {
    if (to === "MASTER_RX_LOWER_PRI" || this.transitions.at(-1)?.to === to) return;
    this.counts[to] = (this.counts[to] ?? 0) + 1;
    const found = why?.cause === "hang" && { detectMs: this.hangFoundMs };
    this.transitions.push({ at: new Date().toISOString(), to, ...why, ...found });
    if (this.transitions.length > KEEP) this.transitions.shift();
  }

  told({ held, owner, alarm, claim }: Told): void {
    this.vip = { held, owner };
    const since = this.claimAlarm?.kind === alarm?.kind ? this.claimAlarm?.since : undefined;
    this.claimAlarm = alarm && { ...alarm, since: since ?? new Date().toISOString() };
    const last = this.transitions.at(-1);
    if (claim && last && !last.claim) {
      const { why, look, call, verify } = claim;
      last.claim = { why, lookMs: look, callMs: call, verifyMs: verify };
    }
  }

  hang(reason: string | undefined): void {
    if (this.probeAlarm?.reason === reason) return;
    this.probeAlarm =
      reason === undefined ? undefined : { kind: "hang", reason, since: new Date().toISOString() };
  }

  /** @param seconds how far the machine's clock is ahead of EC2's */
  clock(seconds: number): void {
    const reason = `the clock is off by ${seconds} s: EC2's time is used for its calls, and this machine needs NTP`;
    this.clockAlarm = seconds === 0 ? undefined : { kind: "clock", reason, since: new Date().toISOString() };
  }

  get alarms() {
    return [this.claimAlarm, this.probeAlarm, this.clockAlarm].flatMap((alarm) => alarm ?? []);
  }
  /** How often the node came to each VRRP state since the agent started. */
  get transitionCounts(): Readonly<Record<string, number>> {
    return this.counts;
  }
}
