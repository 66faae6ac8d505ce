import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, readText } from "./files";
import { numbers, signal } from "./processes";
import { waitFor } from "./wait";

/** Where a group of processes is: one directory in each hierarchy that systemd-nspawn looks at. */
export interface Cgroup {
  directories: string[];
  /** The one in cgroup v2, which can kill and freeze; missing on a host that has only v1. */
  unified: string | undefined;
}

/** The hierarchies of /proc/self/mountinfo that matter: every cgroup v2, and systemd's own of v1. */
export function hierarchies(mountinfo: string): { unified: string[]; systemd: string[] } {
  const found = { unified: [] as string[], systemd: [] as string[] };
  for (const line of mountinfo.split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const point = left.split(" ")[4];
    const [type, , options = ""] = right.split(" ");
    if (!point) continue;
    if (type === "cgroup2") found.unified.push(point);
    if (type === "cgroup" && options.split(",").includes("name=systemd")) found.systemd.push(point);
  }
  return found;
}

/** The group of this name, which need not exist. */
export async function cgroup(name: string): Promise<Cgroup> {
  const { unified, systemd } = hierarchies(await readFile("/proc/self/mountinfo", "utf8"));
  const first = unified.slice(0, 1);
  const directories = [...first, ...systemd].map((point) => join(point, name));
  return { directories, unified: first[0] && join(first[0], name) };
}

/** Makes the directories of a group. */
export async function createCgroup(group: Cgroup): Promise<void> {
  for (const directory of group.directories) await mkdir(directory, { recursive: true });
}

/** Whether any directory of the group is there. */
export function cgroupExists(group: Cgroup): boolean {
  return group.directories.some((directory) => existsSync(directory));
}

/** Every process of the group and of the groups below it. */
export async function members(group: Cgroup): Promise<number[]> {
  const found = new Set<number>();
  for (const directory of await subtree(group)) {
    for (const pid of numbers(await readText(join(directory, "cgroup.procs")))) found.add(pid);
  }
  return [...found];
}

/** Kills every process of the group at once, and waits for the last to be gone. */
export async function killCgroup(group: Cgroup, limitMs = 10_000): Promise<void> {
  await waitFor(
    `the end of every process in ${group.directories[0]}`,
    limitMs,
    async () => {
      if (await writeControl(group, "cgroup.kill", "1")) {
        if (!(await event(group, "populated"))) return (await killEach(group)) === 0;
        return false;
      }
      return (await killEach(group)) === 0;
    },
    2,
  );
}

/** Stops the processes of the group between two instructions, or lets them run again. */
export async function freezeCgroup(group: Cgroup, frozen: boolean): Promise<void> {
  if (await writeControl(group, "cgroup.freeze", frozen ? "1" : "0")) {
    const what = `${group.unified} to be ${frozen ? "frozen" : "running"}`;
    await waitFor(what, 5_000, async () => (await event(group, "frozen")) === frozen, 2);
    return;
  }
  for (const pid of await members(group)) signal(pid, frozen ? "SIGSTOP" : "SIGCONT");
}

/** Whether the group was frozen by `freezeCgroup`; only cgroup v2 can tell. */
export async function isFrozen(group: Cgroup): Promise<boolean> {
  return event(group, "frozen");
}

/** Removes a group that has no processes, with all groups below it. */
export async function removeCgroup(group: Cgroup, limitMs = 5_000): Promise<void> {
  await waitFor(`the removal of ${group.directories[0]}`, limitMs, async () => {
    for (const directory of (await subtree(group)).reverse()) await rmdir(directory).catch(() => {});
    return !cgroupExists(group);
  });
}

async function killEach(group: Cgroup): Promise<number> {
  const pids = await members(group);
  for (const pid of pids) signal(pid, "SIGKILL");
  return pids.length;
}

async function event(group: Cgroup, name: string): Promise<boolean> {
  const text = group.unified && (await readText(join(group.unified, "cgroup.events")));
  return new RegExp(`^${name} 1$`, "m").test(text || "");
}

async function writeControl(group: Cgroup, file: string, value: string): Promise<boolean> {
  const path = group.unified && join(group.unified, file);
  if (!path || !existsSync(path)) return false;
  await writeFile(path, value).catch((error) => {
    if (!isMissing(error)) throw error;
  });
  return true;
}

async function subtree(group: Cgroup): Promise<string[]> {
  const found: string[] = [];
  const visit = async (directory: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return;
    found.push(directory);
    for (const entry of entries) if (entry.isDirectory()) await visit(join(directory, entry.name));
  };
  for (const directory of group.directories) await visit(directory);
  return found;
}
