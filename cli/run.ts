import { createInterface } from "node:readline";

const loaded = import("execa");

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  stdin?: string;
  /** Replaces this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Seconds until the command is killed. */
  limitS: number;
  /** Ends the command before its time. */
  signal?: AbortSignal;
  /** In a process group of its own: Ctrl-C at the terminal does not reach it. */
  apart?: boolean;
}

/** A command that runs beside us, until its stdin is closed. */
export interface Running {
  /** Called with each line of its stdout. */
  lines(each: (line: string) => void): void;
  write(text: string): void;
  /** Closes its stdin: it is to end. */
  end(): void;
  kill(): void;
  /** Whatever its exit code; 255 when SSH itself failed, -1 when it was killed. */
  done: Promise<{ exitCode: number; stderr: string }>;
}

/** A command that took too long. */
export class TooSlow extends Error {}

/** Runs a command on this process's own terminal; the answer is its exit code. */
export async function runInteractive(argv: readonly string[]): Promise<number> {
  const [file = "", ...rest] = argv;
  const { execa } = await loaded;
  const done = await execa(file, rest, { stdio: "inherit", reject: false });
  return done.exitCode ?? 1;
}

/** Runs a command to its end, whatever its exit code; a command that cannot start or is too slow throws. */
export async function run(
  argv: readonly string[],
  { stdin = "", env, limitS, signal, apart = false }: RunOptions,
): Promise<RunResult> {
  const [file = "", ...rest] = argv;
  const { execa } = await loaded;
  const done = await execa(file, rest, {
    input: stdin,
    env: env ?? process.env,
    extendEnv: false,
    reject: false,
    timeout: limitS * 1000,
    detached: apart,
    ...(signal && { cancelSignal: signal }),
  });
  if (done.timedOut || done.isCanceled) throw new TooSlow(`${file} was not done after ${limitS} s`);
  if (done.exitCode === undefined) throw new Error(done.shortMessage);
  return { exitCode: done.exitCode, stdout: String(done.stdout), stderr: String(done.stderr) };
}

/** Starts a command that runs beside us. A process group of its own, so that Ctrl-C is ours to answer. */
export async function startCommand(
  argv: readonly string[],
  { limitS }: Pick<RunOptions, "limitS">,
): Promise<Running> {
  const [file = "", ...rest] = argv;
  const { execa } = await loaded;
  const child = execa(file, rest, {
    stdin: "pipe",
    reject: false,
    buffer: { stdout: false, stderr: true },
    detached: true,
    timeout: limitS * 1000,
    killSignal: "SIGKILL",
  });
  // A command that has ended no longer reads: what it was told then is of no use to it.
  child.stdin.on("error", () => {});
  return {
    lines: (each) => createInterface({ input: child.stdout }).on("line", each),
    write: (text) => child.stdin.write(text),
    end: () => child.stdin.end(),
    kill: () => child.kill("SIGKILL"),
    done: child.then(({ exitCode = -1, stderr }) => ({ exitCode, stderr: String(stderr) })),
  };
}
