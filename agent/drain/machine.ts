import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { commandLimit } from "../../node/drain/limits";
import { reasonOf } from "../log";
import type { Command, Sysctl } from "./role";

/** What the drain does to the machine; another one in tests. */
export interface Machine {
  /** @throws Error with the command's own words */
  run(command: Command): void;
  /** What a command prints. @throws Error with the command's own words */
  output(argv: readonly string[]): string;
  /** Nothing when the kernel does not have it. */
  get(path: string): number | undefined;
  /** @throws Error when it cannot be set */
  set(path: string, value: number): void;
}

export const machine: Machine = {
  run: ({ argv, input }) => void output(argv, input),
  output,
  get(path) {
    try {
      return Number(readFileSync(`/proc/sys/${path}`, "latin1"));
    } catch {
      return undefined;
    }
  },
  set: (path, value) => writeFileSync(`/proc/sys/${path}`, `${value}\n`),
};

function output([file = "", ...rest]: readonly string[], input = ""): string {
  const done = spawnSync(file, rest, { input, timeout: commandLimit * 1000, encoding: "utf8" });
  if (done.error) throw done.error;
  if (done.status !== 0)
    throw new Error(`${[file, ...rest].join(" ")}: ${done.stderr.trim() || `exit status ${done.status}`}`);
  return done.stdout;
}

/** What the settings are before a drain; those that the kernel does not have, and need not have, are left out. */
export function valuesOf(sysctls: readonly Sysctl[], on: Pick<Machine, "get">): { [path: string]: number } {
  return Object.fromEntries(
    sysctls.flatMap(({ path, optional }) => {
      const now = on.get(path);
      if (now === undefined && !optional) throw new Error(`the kernel has no /proc/sys/${path}`);
      return now === undefined ? [] : [[path, now]];
    }),
  );
}

/** Sets what is not as it must be. */
export function setAll(sysctls: readonly Sysctl[], on: Pick<Machine, "get" | "set">): void {
  for (const { path, wanted, optional } of sysctls) {
    const now = on.get(path);
    if (now === undefined || wanted(now) === now) continue;
    try {
      on.set(path, wanted(now));
    } catch (error) {
      if (!optional) throw new Error(`/proc/sys/${path} cannot be set: ${reasonOf(error)}`);
    }
  }
}
