import { spawn } from "node:child_process";
import { execa } from "./execa";
import { CommandError, type Result } from "./run";

/** How a command runs in a session of its own. */
export interface SessionOptions {
  stdin?: string;
  timeoutMs?: number;
  interactive?: boolean;
  env: Record<string, string>;
  /** What an error calls the command, when that is not the command itself. */
  title?: string;
}

/**
 * Runs a command with exactly this environment, whatever its exit code. It leads a session of its own, so that a
 * time-out ends it together with what it started; an interactive one shares our terminal instead.
 */
export async function runInSession(argv: readonly string[], options: SessionOptions): Promise<Result> {
  const [file = "", ...rest] = argv;
  const common = { reject: false, extendEnv: false, env: options.env } as const;
  if (options.interactive) {
    const done = await (await execa)(file, rest, { ...common, stdio: "inherit" });
    return { exitCode: done.exitCode ?? 128, stdout: "", stderr: "" };
  }
  const input = options.stdin === undefined ? { stdin: "ignore" as const } : { input: options.stdin };
  const child = (await execa)(file, rest, { ...common, ...input, detached: true, stripFinalNewline: false });
  const timeoutMs = options.timeoutMs ?? 60_000;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid) killSession(child.pid);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, timeoutMs);
  const done = await child;
  clearTimeout(timer);
  const result = { exitCode: done.exitCode ?? 128, stdout: String(done.stdout), stderr: String(done.stderr) };
  if (!late) return result;
  const shown = options.title ? [options.title] : argv;
  throw new CommandError(shown, result, `not finished after ${timeoutMs / 1000} s`);
}

function killSession(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It ended in the meantime.
  }
}

/** Starts a command in a session of its own that outlives this process, with its output in an open file. */
export function startDetached(argv: readonly string[], output: number, env: Record<string, string>): number {
  const [file = "", ...rest] = argv;
  const child = spawn(file, rest, {
    detached: true,
    stdio: ["ignore", output, output],
    env: { PATH: process.env.PATH, ...env },
  });
  child.on("error", () => {});
  child.unref();
  if (child.pid !== undefined) return child.pid;
  throw new CommandError(argv, { exitCode: -1, stdout: "", stderr: "" }, "not started");
}
