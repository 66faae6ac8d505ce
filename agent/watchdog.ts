import { execFile } from "node:child_process";

/**
 * Tells systemd now and then that the process is alive, as long as `check` says so; one that hangs is then killed
 * and started again. Node has no datagram sockets of this kind, so systemd's own program speaks for us; each time costs
 * as much as seconds of all the rest.
 */
export function feedWatchdog(check: () => boolean, everyMs: number): void {
  if (!process.env.NOTIFY_SOCKET) return;
  setInterval(() => {
    if (check()) execFile("systemd-notify", ["WATCHDOG=1"], { timeout: 2000 }, () => {});
  }, everyMs);
}
