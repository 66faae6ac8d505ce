import type { Report } from "./types";

/** A piece of work that takes long enough to need a word. */
export interface Task {
  what: string;
  usually: string;
}

/** Does the work, saying first what it is and how long it usually takes, then every half minute that it goes on. */
export async function withProgress<T>(
  report: Report,
  task: Task,
  work: () => Promise<T>,
  every = 30_000,
): Promise<T> {
  const began = Date.now();
  report(`${task.what} (usually ${task.usually})`);
  const timer = setInterval(() => {
    report(`  still at it: ${duration(Date.now() - began)} of ${task.usually}`);
  }, every);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Milliseconds as a person says them: `45 s`, `2 min 30 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest ? ` ${rest} s` : ""}`;
}
