import { log } from "../log";

/**
 * Stands still at one step, when the unit's environment names it: a test then kills the process there, or cuts the
 * machine's power. Whoever can set the environment of root's unit needs no other way to stop it.
 */
export function stopAt(wanted: string | undefined): (name: string) => void {
  if (!wanted) return () => {};
  return (name) => {
    if (name !== wanted) return;
    log("stands still", { step: name });
    process.kill(process.pid, "SIGSTOP");
  };
}
