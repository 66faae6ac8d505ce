import type { DrainSettings } from "../../node/drain/settings";

/** `keep`: of the node that lets the VIP go, and keeps its connections. `detour`: of the one that takes it. */
export type Role = "keep" | "detour";

/** Something to run, as argv. */
export interface Command {
  argv: readonly string[];
  input?: string;
}

/** A kernel setting of the network, by its path under /proc/sys. */
export interface Sysctl {
  path: string;
  /** What it must be for a drain, given what it is. */
  wanted(now: number): number;
  /** The kernel may not have it, or not let this machine set it. */
  optional?: true;
}

/** What a machine shows for as long as a part is not taken back altogether. */
export interface Trace {
  /** In a few words. */
  what: string;
  argv: readonly string[];
  /** In what is printed. */
  pattern: RegExp;
  /** The settings stay for as long as it is there: they keep it from doing harm. */
  guarded?: true;
  /** The same of the rules that are unloaded last. */
  filtered?: true;
}

/** One role's part of a drain, as data. What is undone need not have been done, or may be undone already. */
export interface Part {
  /** Run before the settings are set: some of them come with a kernel module. */
  first: Command[];
  sysctls: Sysctl[];
  /** Run when they are set. */
  apply: Command[];
  /** Takes back all but the settings; each is run whatever became of the one before it. */
  undo: Command[];
  /** Run when the settings are as they were. */
  last: Command[];
  /** Shown by what is not undone. */
  traces: Trace[];
}

export type PartOf = (settings: DrainSettings) => Part;
