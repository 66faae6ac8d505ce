import type { Waiting } from "./wait";

const spinner = import("ora").then(({ default: ora }) =>
  ora({ stream: process.stderr, discardStdin: false }),
);

/** Shows on a terminal what is waited for; elsewhere it is quiet. Nothing is shown before a second is over. */
export function waitingOnTerminal(signal: AbortSignal): Waiting {
  let shown: Awaited<typeof spinner> | undefined;
  if (process.stderr.isTTY) void spinner.then((one) => (shown = one));
  return {
    signal,
    progress(what, seconds, limitS) {
      if (!shown || seconds < 1) return;
      shown.text = `waiting for ${what} (${seconds.toFixed(0)} s of ${limitS} s)`;
      if (!shown.isSpinning) shown.start();
    },
    over: () => void shown?.stop(),
  };
}

/** Aborts at the first Ctrl-C, so that what was begun is undone; the second one ends the process. */
export function interruptible(
  told = "Interrupted: undoing what was begun (once more: end at once).",
): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      console.error(`\n${told}`);
      controller.abort();
    });
  return controller.signal;
}
