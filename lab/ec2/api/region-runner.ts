import type { Caller } from "../iam/caller";
import { type Ec2Request, isRead, type Outcome, perform } from "../model/perform";
import type { Region } from "../model/state";

/** Called after every change, with the Region as it is and as it was. */
export type Listener = (after: Region, before: Region) => void;

/** The Region in this process: the one place where its state changes. */
export interface RegionRunner {
  state(): Region;
  /** The Region as it was this long ago. */
  stateBefore(milliseconds: number): Region;
  /** Answers a request; `staleMs` makes a read see the past. */
  perform(request: Ec2Request, caller: Caller, staleMs?: number): Outcome;
  /** Changes what no request changes: a machine reached a state, a role was put. */
  apply(change: (region: Region) => Region): void;
  /** Tells of every change from now on, until the answer is called. */
  subscribe(listener: Listener): () => void;
}

const KEEP_MS = 120_000;

export function runRegion(initial: Region, now: () => number = Date.now): RegionRunner {
  let current = initial;
  let past: { region: Region; until: number }[] = [];
  const listeners = new Set<Listener>();

  const become = (next: Region) => {
    const before = current;
    if (next === before) return;
    current = next;
    past = [...past.filter(({ until }) => until > now() - KEEP_MS), { region: before, until: now() }];
    for (const listener of listeners) listener(next, before);
  };
  const stateBefore = (milliseconds: number) =>
    past.find(({ until }) => until > now() - milliseconds)?.region ?? current;

  return {
    state: () => current,
    stateBefore,
    perform(request, caller, staleMs = 0) {
      const read = isRead(request.action);
      const outcome = perform(read ? stateBefore(staleMs) : current, request, caller);
      if (!read) become(outcome.state);
      return outcome;
    },
    apply: (change) => become(change(current)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
