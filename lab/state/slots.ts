import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../config/user-error";
import { bootId } from "../host/boot-id";
import { readJson, removeTree, writeAtomically } from "../host/files";
import { withLock } from "../host/locks";
import { MAXIMUM_SLOT } from "../network/addresses";

/** Where the labs of all clones on this machine find each other. */
export const REGISTRY_DIRECTORY = "/run/nginx-ha-lab";

const registrySchema = z.object({
  bootId: z.string(),
  /** What ip_forward was before the first lab; null when no lab has changed it. */
  forwardingBefore: z.string().nullable(),
  /** The same of fs.inotify.max_user_instances. */
  inotifyBefore: z.string().nullable().default(null),
  labs: z.record(z.string(), z.object({ slot: z.number().int(), directory: z.string() })),
});

export type Registry = z.infer<typeof registrySchema>;

/** A free slot: the wished one, else the one that the id points at, else the next. */
export function chooseSlot(taken: ReadonlySet<number>, id: string, wish?: number): number {
  const start = wish ?? Number.parseInt(id, 16) % (MAXIMUM_SLOT + 1);
  for (let step = 0; step <= MAXIMUM_SLOT; step++) {
    const slot = (start + step) % (MAXIMUM_SLOT + 1);
    if (!taken.has(slot)) return slot;
  }
  throw new UserError(`All ${MAXIMUM_SLOT + 1} lab slots of this machine are taken: take a lab down first.`);
}

/** The lab's number on this machine; the same one as before while the lab is registered. */
export async function claimSlot(
  id: string,
  directory: string,
  wish?: number,
  at = REGISTRY_DIRECTORY,
): Promise<number> {
  return updateRegistry((registry) => {
    const mine = registry.labs[id];
    if (mine) return mine.slot;
    const taken = new Set(Object.values(registry.labs).map((lab) => lab.slot));
    const slot = chooseSlot(taken, id, wish);
    registry.labs[id] = { slot, directory };
    return slot;
  }, at);
}

/** Changes the registry while nobody else does; without labs it goes away, folder and all. */
export async function updateRegistry<T>(
  change: (registry: Registry) => T | Promise<T>,
  at = REGISTRY_DIRECTORY,
): Promise<T> {
  const path = join(at, "labs.json");
  const answer = await withLock(path, { busy: "it changes the list of labs", limitMs: 60_000 }, async () => {
    const registry = await readRegistry(path);
    const result = await change(registry);
    if (Object.keys(registry.labs).length === 0) await removeTree(path);
    else await writeAtomically(path, `${JSON.stringify(registry, null, 2)}\n`);
    return result;
  });
  await rmdir(at).catch(() => {});
  return answer;
}

/** What was registered before the machine booted has no namespaces any more, so it does not count. */
async function readRegistry(path: string): Promise<Registry> {
  const parsed = registrySchema.safeParse(await readJson(path));
  if (parsed.success && parsed.data.bootId === bootId()) return parsed.data;
  return { bootId: bootId(), forwardingBefore: null, inotifyBefore: null, labs: {} };
}
