import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { isMissing, readText } from "./files";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  pid: number;
  /** Clock ticks since boot, from /proc/PID/stat. */
  startTime: number;
}

/** The identity of a running process; nothing when there is none, or only its corpse. */
export function identify(pid: number): ProcessId | undefined {
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z" || fields[0] === "X") return undefined;
  return { pid, startTime: Number(fields[19]) };
}

/** Whether this very process still runs. */
export function isAlive(id: ProcessId): boolean {
  return identify(id.pid)?.startTime === id.startTime;
}

/** The processes whose parent is this one. */
export async function childrenOf(pid: number): Promise<number[]> {
  return numbers(await readText(`/proc/${pid}/task/${pid}/children`));
}

/** Whether a process is PID 1 of a PID namespace of its own. */
export async function isInit(pid: number): Promise<boolean> {
  const status = await readText(`/proc/${pid}/status`);
  const ids = /^NSpid:\s+(.*)$/m.exec(status ?? "")?.[1]?.split(/\s+/) ?? [];
  return ids.length > 1 && ids.at(-1) === "1";
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals | number): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Whether any process has a mount that names this path: its own root, or a layer of an overlay. */
export async function isMountedAnywhere(path: string): Promise<boolean> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const tables = await Promise.all(pids.map((pid) => readMounts(pid)));
  return tables.some((table) => table.includes(path));
}

/** Whitespace-separated numbers, as the kernel lists processes. */
export function numbers(text: string | undefined): number[] {
  return (text ?? "").split(/\s+/).filter(Boolean).map(Number);
}

async function readMounts(pid: string): Promise<string> {
  try {
    return (await readText(`/proc/${pid}/mountinfo`)) ?? "";
  } catch {
    return "";
  }
}

function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
