import type { Event, StepEvent } from "../history/events";
import type { History } from "../history/history";

/** One fault of a history, from its beginning to its end. */
export interface Window {
  fault: string;
  node: string;
  from: number;
  to: number;
  /** When the fault was there; nothing when it never was. */
  injected?: number;
  undone?: number;
  /** Why it could not be undone. */
  notUndone?: string;
  healed?: number;
  moved?: number;
  /** Why it was not run, or not to its end. */
  skipped?: string;
  gaveUp?: string;
  /** Whether its end is in the history. */
  whole: boolean;
  /** The status before and after. */
  statuses: Extract<Event, { t: "status" }>[];
}

/** The faults of a history, in their order. */
export function windowsOf({ events }: History): Window[] {
  const last = events.findLast((one) => "at" in one || "seen" in one);
  const until = last && "at" in last ? last.at : (last as { seen: number } | undefined)?.seen;
  const windows: Window[] = [];
  for (const one of events) {
    const open = windows.at(-1);
    if (one.t === "status" && open && !open.whole) open.statuses.push(one);
    if (one.t !== "step") continue;
    if (one.step === "begin")
      windows.push({
        fault: one.fault,
        node: one.node,
        from: one.at,
        to: until ?? one.at,
        whole: false,
        statuses: [],
      });
    else if (open && !open.whole) take(open, one);
  }
  return windows;
}

function take(window: Window, { step, at, why = "" }: StepEvent): void {
  if (step === "injected") window.injected = at;
  if (step === "moved") window.moved = at;
  if (step === "undone") window.undone = at;
  if (step === "not-undone") window.notUndone = why;
  if (step === "healed") window.healed = at;
  if (step === "skipped") window.skipped = why;
  if (step === "gave-up") window.gaveUp = why;
  if (step === "end") {
    window.to = at;
    window.whole = true;
  }
}
