/** What an operator should know; docs/synchronisation.md says of each what to do. */
export const ALARM_KINDS = [
  "serving-unconfirmed",
  "peer-unreachable",
  "unacknowledged",
  "refused",
  "drift",
  "conflict",
  "storage",
  "acme",
] as const;

export type AlarmKind = (typeof ALARM_KINDS)[number];

export interface Alarm {
  kind: AlarmKind;
  reason: string;
  /** ISO 8601. */
  since: string;
}

/** What is wrong now, each kind once, since when; changes are told once. */
export class Alarms {
  private readonly raised = new Map<AlarmKind, Alarm>();

  constructor(private readonly log: (what: string, fields?: Record<string, string>) => void) {}

  /** @param reason nothing when it is over */
  set(kind: AlarmKind, reason: string | undefined): void {
    const before = this.raised.get(kind);
    if (reason === undefined) {
      if (this.raised.delete(kind)) this.log("alarm over", { kind });
      return;
    }
    if (before?.reason !== reason) this.log("alarm", { kind, reason });
    this.raised.set(kind, { kind, reason, since: before?.since ?? new Date().toISOString() });
  }

  get all(): Alarm[] {
    return [...this.raised.values()];
  }
}
