import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { toldLimit } from "../../node/drain/limits";
import { closingFile } from "../../node/drain/names";
import { log } from "../log";
import { put } from "../put";
import { run } from "../run";
import { textOf } from "../sync/durable";

const COMMAND_MS = 10_000;

/**
 * Sends nginx's clients away, so that they come back to the other node: who asks is told that the answer is the connection's last
 * one, and after `toldLimit`, or half the drain where that is shorter, nginx's old workers end what is idle, finish what
 * is under way, and are gone after `worker_shutdown_timeout`, which is no shorter than the drain. Whoever is killed before the
 * drain is over leaves the file to undoing the part.
 * @param over aborted when the drain is over: then nothing is left to end
 */
export async function sendAway(drainMs: number, over: AbortSignal): Promise<void> {
  put(closingFile, "");
  over.addEventListener("abort", () => rmSync(closingFile, { force: true }));
  await sleep(Math.min(toldLimit * 1000, drainMs / 2), undefined, { signal: over }).catch(() => {});
  if (over.aborted) return;
  // Not by a job of systemd's: it would take the place of the stop that the drain is for.
  const pid = textOf("/run/nginx.pid")?.trim() ?? "";
  const { failed, err } = await run("kill", ["-s", "HUP", pid], COMMAND_MS);
  if (failed)
    log("nginx was not reloaded: idle connections stay for the whole drain", { reason: err.trim() });
}
