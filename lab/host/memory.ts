import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cgroup, members } from "./cgroups";
import { readText } from "./files";
import { waitFor } from "./wait";

/**
 * Limits what the processes of a group may take from now on, and those that they start; at more the kernel's OOM killer ends one
 * of them. In cgroup v2 it is the group itself that is limited, in v1 a group of the memory controller's hierarchy.
 * @param bytes beside what they have already
 * @throws Error where the host has no memory controller for them
 */
export async function limitMemory(group: Cgroup, name: string, bytes: number): Promise<void> {
  const own = unified(group);
  if (own) {
    const now = Number(await readText(join(own, "memory.current")));
    await writeFile(join(own, "memory.max"), `${now + bytes}`);
    return;
  }
  const directory = join(await hierarchy(), name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "memory.limit_in_bytes"), `${bytes}`);
  await move(await members(group), directory);
}

/** Takes the limit back; harmless where there is none. */
export async function unlimitMemory(group: Cgroup, name: string): Promise<void> {
  const own = unified(group);
  if (own) return writeFile(join(own, "memory.max"), "max");
  const top = await hierarchy();
  const directory = join(top, name);
  await waitFor(`the removal of ${directory}`, 5000, async () => {
    const left = (await readText(join(directory, "cgroup.procs"))) ?? "";
    await move(left.split("\n").filter(Boolean).map(Number), top);
    await rmdir(directory).catch(() => {});
    return !existsSync(directory);
  });
}

/** Where cgroup v2 has the memory controller. */
const unified = ({ unified: path }: Cgroup): string | undefined =>
  path && existsSync(join(path, "memory.max")) ? path : undefined;

/** A process that is gone needs no limit. */
async function move(pids: readonly number[], directory: string): Promise<void> {
  for (const pid of pids) await writeFile(join(directory, "cgroup.procs"), `${pid}`).catch(() => {});
}

async function hierarchy(): Promise<string> {
  const mountinfo = await readFile("/proc/self/mountinfo", "utf8");
  const found = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup \S+ \S*\bmemory\b/m.exec(mountinfo)?.[1];
  if (!found) throw new Error("the host has no memory controller for the lab's machines");
  return found;
}
