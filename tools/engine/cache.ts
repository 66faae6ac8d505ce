import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import envPaths from "env-paths";
import { BUILT, buildCommand } from "./build";
import type { Origin } from "./types";
import { ENGINE_VERSION } from "./versions";

/** Where engines are kept for this user, outside the clone. */
export function cacheDirectory(): string {
  return join(envPaths("nginx-ha", { suffix: "" }).cache, "engine");
}

/** The directory of one engine: a build is another one when its modules or flags are. */
export async function entryFor(cache: string, origin: Exclude<Origin, "path">): Promise<string> {
  const name = `${origin}-${ENGINE_VERSION}-${process.platform}-${process.arch}`;
  return join(cache, origin === "build" ? `${name}-${await recipe()}` : name);
}

/**
 * Makes a directory beside its target and renames it into place if `make` says that it is whole, so that
 * what bears the target's name is never half made. When another run put one there meanwhile, that one
 * stays.
 */
export async function publish<T>(
  target: string,
  make: (staging: string) => Promise<{ whole: boolean; result: T }>,
): Promise<T> {
  const staging = await mkdtemp(`${target}${PARTIAL}`);
  try {
    const { whole, result } = await make(staging);
    if (whole) await rename(staging, target).catch(unlessThere);
    return result;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Removes what killed runs left beside a target. Only for the holder of the lock. */
export async function sweep(target: string): Promise<void> {
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(`${basename(target)}${PARTIAL}`)) continue;
    await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}

const PARTIAL = ".partial-";

async function recipe(): Promise<string> {
  const hash = createHash("sha256");
  for (const tool of BUILT) {
    hash.update(JSON.stringify(buildCommand(tool, "")));
    for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(tool.module, file)));
  }
  return hash.digest("hex").slice(0, 12);
}
