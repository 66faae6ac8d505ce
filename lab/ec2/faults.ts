/** What goes wrong with the Region's control plane, on demand; actions are named, or `*` means all. */
export interface Faults {
  /** Milliseconds that a request waits before it is looked at. */
  latencyMs: Record<string, number>;
  /** Milliseconds that an answer waits after the request took effect. */
  answerDelayMs: Record<string, number>;
  /** Actions that are refused with RequestLimitExceeded. */
  throttled: string[];
  /** Actions that answer a server error, before they take effect or after. */
  failing: Record<string, { status: 500 | 503; tookEffect?: boolean }>;
  /** Describes answer what was true this many milliseconds ago. */
  staleMs: number;
  /** The metadata service answers 503, or never. */
  imds: "up" | "failing" | "silent";
  /** All credentials of roles count as expired. */
  credentialsExpired: boolean;
  /** Credentials of roles that were issued before this time count as expired, and new ones are handed out. */
  revokedBefore: number;
}

/** Nothing wrong. */
export function noFaults(): Faults {
  return {
    latencyMs: {},
    answerDelayMs: {},
    throttled: [],
    failing: {},
    staleMs: 0,
    imds: "up",
    credentialsExpired: false,
    revokedBefore: 0,
  };
}

/** Undoes every fault, in place. */
export function heal(faults: Faults): void {
  Object.assign(faults, noFaults());
}

/** What a fault says for an action. */
export function forAction<T>(table: Record<string, T>, action: string): T | undefined {
  return table[action] ?? table["*"];
}

export function isThrottled({ throttled }: Faults, action: string): boolean {
  return throttled.includes(action) || throttled.includes("*");
}
