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
}

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
  { stdin = "", env, limitS }: RunOptions,
): Promise<RunResult> {
  const [file = "", ...rest] = argv;
  const { execa } = await loaded;
  const done = await execa(file, rest, {
    input: stdin,
    env: env ?? process.env,
    extendEnv: false,
    reject: false,
    timeout: limitS * 1000,
  });
  if (done.timedOut) throw new Error(`${file} was not done after ${limitS} s`);
  if (done.exitCode === undefined) throw new Error(done.shortMessage);
  return { exitCode: done.exitCode, stdout: String(done.stdout), stderr: String(done.stderr) };
}
