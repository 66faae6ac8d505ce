import { execFile } from "node:child_process";

/** What came of a program. */
export interface Ran {
  failed: boolean;
  out: string;
  /** What it said on stderr; of one that failed without a word, or was late, why. */
  err: string;
}

const MOST_BYTES = 4 * 1024 * 1024;

/** Runs a program, which speaks English then. Never throws: one that cannot be started has failed. */
export const run = (file: string, argv: readonly string[], limitMs: number): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, LC_ALL: "C", TMPDIR: process.env.TMPDIR ?? "/tmp" };
    execFile(file, argv, { timeout: limitMs, env, maxBuffer: MOST_BYTES }, (error, out, err) => {
      const late = error?.killed ? `\n${file} was not done after ${limitMs / 1000} s` : "";
      resolve({ failed: error !== null, out, err: `${err || (error?.message ?? "")}${late}` });
    });
  });
