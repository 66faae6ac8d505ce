import type { Options } from "execa";

// An ES module whose own dependencies answer to import() alone, which tsx would turn into require().
export const execaLoaded = import("execa");

/** How a command ended: its standard output, or one line that says what went wrong. */
export type Outcome = { ok: true; stdout: string } | { ok: false; reason: string; exitCode?: number };

/** What a command may need beyond its arguments. */
export interface RunOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Milliseconds until the command is ended. */
  deadline: number;
}

/** Runs a command quietly to its end or its deadline. */
export async function run(argv: [string, ...string[]], options: RunOptions): Promise<Outcome> {
  const { execa } = await execaLoaded;
  const [file, ...args] = argv;
  const settings = {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdin: "ignore",
    timeout: options.deadline,
    forceKillAfterDelay: 1_000,
    reject: false,
  } as const satisfies Options;
  const result = await execa(file, args, settings);
  if (!result.failed) return { ok: true, stdout: result.stdout };
  if (result.timedOut) return { ok: false, reason: `no end within ${options.deadline / 1_000} s` };
  if (result.code === "ENOENT") return { ok: false, reason: "not found" };
  const how = result.signal ? `ended by ${result.signal}` : `exit ${result.exitCode ?? result.code}`;
  const said = lastLine(result.stderr) || lastLine(result.stdout);
  return { ok: false, reason: said ? `${how}: ${said}` : how, exitCode: result.exitCode };
}

/** The last line that says something, short enough for a list. */
export function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "").trim().slice(0, 200);
}
