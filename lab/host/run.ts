import { execa } from "./execa";

/** What a finished command said. */
export interface Result {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** How a command runs. */
export interface RunOptions {
  stdin?: string;
  cwd?: string;
  env?: Record<string, string>;
  /** Whether `env` comes on top of our own environment, as it does unless told otherwise. */
  extendEnv?: boolean;
  /** Milliseconds until the command is killed. */
  timeoutMs?: number;
}

/** A command of the lab's own that failed: the command, the reason, its output. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    readonly argv: readonly string[],
    readonly result: Result,
    reason = `exit code ${result.exitCode}`,
  ) {
    super(`${argv.join(" ")}: ${reason}\n${lastLines(result.stderr || result.stdout)}`);
  }
}

/** Runs a command to its end, whatever its exit code. */
export async function attempt(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const [file = "", ...rest] = argv;
  const timeoutMs = options.timeoutMs ?? 60_000;
  const done = await (await execa)(file, rest, {
    reject: false,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    ...(options.stdin === undefined ? { stdin: "ignore" as const } : { input: options.stdin }),
    cwd: options.cwd,
    env: options.env,
    extendEnv: options.extendEnv ?? true,
  });
  const result = { exitCode: done.exitCode ?? -1, stdout: String(done.stdout), stderr: String(done.stderr) };
  if (done.timedOut) throw new CommandError(argv, result, `not finished after ${timeoutMs / 1000} s`);
  if (done.exitCode === undefined) throw new CommandError(argv, result, done.shortMessage);
  return result;
}

/** Runs a command that must succeed, and returns its standard output. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(argv, options);
  if (result.exitCode !== 0) throw new CommandError(argv, result);
  return result.stdout;
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-15).join("\n");
}
