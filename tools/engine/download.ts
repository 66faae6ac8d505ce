import { join } from "node:path";
import { execaLoaded, lastLine, type Outcome } from "./run";

/** The program that fetches the official release; see its own header for its contract. */
export const INSTALLER = join(__dirname, "installer.mjs");

/** Milliseconds until the official download is given up. */
const DOWNLOAD_DEADLINE = 300_000;

/** Fetches the official release into `root` (its programs land in `root/bin`). */
export async function download(
  root: string,
  env: NodeJS.ProcessEnv,
  installer = INSTALLER,
  deadline = DOWNLOAD_DEADLINE,
): Promise<Outcome> {
  const { execa } = await execaLoaded;
  // A group of its own, which the installer ends whole when its standard input closes: curl must not
  // outlive the deadline, nor us.
  const child = execa(process.execPath, [installer, root], {
    env: { ...env, NODE_USE_ENV_PROXY: "1" },
    extendEnv: false,
    detached: true,
    stdin: "pipe",
    reject: false,
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.stdin.end();
  }, deadline);
  const result = await child;
  clearTimeout(timer);
  if (late) return { ok: false, reason: `not finished within ${deadline / 1_000} s` };
  if (!result.failed) return { ok: true, stdout: "" };
  return { ok: false, reason: lastLine(result.stderr) || `exit ${result.exitCode ?? result.signal}` };
}
