import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Of the copies that wait for somebody to look at them: so many at most, and so many bytes together. */
const COPIES = { most: 20, bytes: 64 * 1024 * 1024 } as const;

/** Removes the oldest copies beyond what is kept; the newest one stays, however large. @param paths the newest first */
export function pruneCopies(
  paths: readonly string[],
  limits: { most: number; bytes: number } = COPIES,
): void {
  let bytes = 0;
  for (const [index, path] of paths.entries()) {
    bytes += sizeOf(path);
    if (index > 0 && (index >= limits.most || bytes > limits.bytes))
      rmSync(path, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
