import { readFile, writeFile } from "node:fs/promises";
import { type Registry, updateRegistry } from "./slots";

/** A setting of the host's kernel that labs need: at least so much of it. */
interface Setting {
  path: string;
  least: number;
  /** Under which name the registry keeps what it was before the first lab. */
  before: "forwardingBefore" | "inotifyBefore";
}

const settings: readonly Setting[] = [
  { path: "/proc/sys/net/ipv4/ip_forward", least: 1, before: "forwardingBefore" },
  // Each machine's systemd takes about twenty of root's; with Debian's 128 the third lab does not boot.
  { path: "/proc/sys/fs/inotify/max_user_instances", least: 1024, before: "inotifyBefore" },
];

/** Gives the host's kernel what labs need, and notes how it was before the first lab. */
export async function prepareKernel(some = settings, at?: string): Promise<void> {
  await updateRegistry(async (registry) => {
    for (const { path, least, before } of some) {
      const now = (await readFile(path, "utf8")).trim();
      if (Number(now) >= least) continue;
      registry[before] ??= now;
      await writeFile(path, `${least}`);
    }
  }, at);
}

/** Takes a lab out of the registry; with the last one goes what labs had changed in the kernel. */
export async function unregisterLab(id: string, some = settings, at?: string): Promise<void> {
  await updateRegistry(async (registry) => {
    delete registry.labs[id];
    if (Object.keys(registry.labs).length === 0) await restoreKernel(registry, some);
  }, at);
}

async function restoreKernel(registry: Registry, some: readonly Setting[]): Promise<void> {
  for (const { path, before } of some) {
    const value = registry[before];
    if (value !== null) await writeFile(path, value);
  }
}
