import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { removeTree } from "../host/files";
import { isMountedAnywhere } from "../host/processes";
import type { Release } from "./mirror";
import type { ImageKind } from "./recipe";
import { recipeHash } from "./recipe";

const DAY_MS = 86_400_000;

/** An image older than this is built again, so that machines do not start with last year's packages. */
const MAXIMUM_AGE_DAYS = 14;

/** The folder of the images, one for all clones of this user. */
export function imageDirectory(): string {
  return join(envPaths("nginx-ha", { suffix: "" }).cache, "images");
}

/** A finished image's name says what it is made of and when. */
export function imageName(release: Release, kind: ImageKind, builtAt: Date): string {
  return `${imagePrefix(release, kind)}${Math.floor(builtAt.getTime() / 1000)}`;
}

/** Of these names, the newest that was made by today's recipe and is young enough. */
export function usableImage(
  names: readonly string[],
  release: Release,
  kind: ImageKind,
  now: Date,
): string | undefined {
  const prefix = imagePrefix(release, kind);
  const oldest = now.getTime() - MAXIMUM_AGE_DAYS * DAY_MS;
  const builtAt = (name: string) => Number(name.slice(prefix.length)) * 1000;
  return names
    .filter((name) => name.startsWith(prefix) && builtAt(name) >= oldest)
    .sort((a, b) => builtAt(b) - builtAt(a))[0];
}

/** The path of a usable image in the cache. */
export async function findImage(release: Release, kind: ImageKind): Promise<string | undefined> {
  const name = usableImage(await listing(), release, kind, new Date());
  return name && join(imageDirectory(), name);
}

/** A fresh folder to build in; what an interrupted build left is removed first. Needs the lock. */
export async function stagingDirectory(release: Release, kind: ImageKind): Promise<string> {
  const path = join(imageDirectory(), `.building-${release}-${kind}`);
  await removeTree(path);
  await mkdir(imageDirectory(), { recursive: true });
  return path;
}

/** Puts a finished image in its place and removes the ones that it replaces and nobody uses. */
export async function publishImage(staged: string, release: Release, kind: ImageKind): Promise<string> {
  const name = imageName(release, kind, new Date());
  const path = join(imageDirectory(), name);
  await rename(staged, path);
  const replaced = (await listing()).filter(
    (other) => other.startsWith(`${release}-${kind}-`) && other !== name,
  );
  for (const other of replaced) {
    const old = join(imageDirectory(), other);
    if (!(await isMountedAnywhere(old))) await removeTree(old);
  }
  return path;
}

function imagePrefix(release: Release, kind: ImageKind): string {
  return `${release}-${kind}-${recipeHash(release, kind)}-`;
}

async function listing(): Promise<string[]> {
  return readdir(imageDirectory()).catch(() => []);
}
