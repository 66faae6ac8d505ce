import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { readText, removeTree } from "../lab/host/files";
import { withLock } from "../lab/host/locks";
import { run } from "../lab/host/run";

const LIMIT_MS = 300_000;

/** A Python with packages of pinned versions, made once for all clones of this machine. */
export async function pythonWith(requirements: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const directory = join(envPaths("nginx-ha", { suffix: "" }).cache, `python-${hash}`);
  const python = join(directory, "bin", "python");
  const ready = join(directory, "ready");
  if ((await readText(ready)) !== undefined) return python;
  await withLock(
    directory,
    { busy: "it installs Python packages for the tests", limitMs: LIMIT_MS },
    async () => {
      if ((await readText(ready)) !== undefined) return;
      await removeTree(directory);
      await run(["python3", "-m", "venv", directory], { timeoutMs: LIMIT_MS });
      await run([python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", requirements], {
        timeoutMs: LIMIT_MS,
      });
      await writeFile(ready, "");
    },
  );
  return python;
}
