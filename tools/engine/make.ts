import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../config/user-error";
import { build } from "./build";
import { entryFor, publish, sweep } from "./cache";
import { download } from "./download";
import type { Plan } from "./plan";
import { withProgress } from "./progress";
import { executable, prove } from "./prove";
import type { Attempt, Engine, Report } from "./types";
import { ENGINE_VERSION } from "./versions";

type Made = Plan["make"][number];

/** What making an engine depends on. */
export interface Workshop {
  cache: string;
  env: NodeJS.ProcessEnv;
  installer: string;
  report: Report;
}

/** Makes the directory that engines are kept in. */
export async function openCache(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true }).catch((error: Error) => {
    throw new UserError(`${error.message}: set XDG_CACHE_HOME to a directory that you can write to`);
  });
}

/** The first engine that an earlier run made and that still runs. */
export async function engineKept(origins: Made[], { cache, env }: Workshop): Promise<Engine | undefined> {
  for (const origin of origins) {
    const bin = join(await entryFor(cache, origin), "bin");
    if (!(await executable(bin))) continue;
    const attempt = await prove(bin, origin, env);
    if ("engine" in attempt) return attempt.engine;
  }
  return undefined;
}

/** Makes an engine of this origin and keeps it once it has run. Only for the holder of the lock. */
export async function makeEngine(origin: Made, workshop: Workshop): Promise<Attempt> {
  const entry = await entryFor(workshop.cache, origin);
  try {
    await sweep(entry);
    await rm(entry, { recursive: true, force: true });
    return await publish<Attempt>(entry, async (staging) => {
      const attempt = await makeIn(staging, origin, workshop);
      if ("refused" in attempt) return { whole: false, result: attempt };
      return { whole: true, result: { engine: { ...attempt.engine, bin: join(entry, "bin") } } };
    });
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

async function makeIn(staging: string, origin: Made, workshop: Workshop): Promise<Attempt> {
  const { env, installer, report } = workshop;
  const task = { what: `Downloading Pulumi's engine ${ENGINE_VERSION}`, usually: "1 min" };
  const outcome =
    origin === "build"
      ? await build(staging, env, report)
      : await withProgress(report, task, () => download(staging, env, installer));
  return outcome.ok ? prove(join(staging, "bin"), origin, env) : { refused: outcome.reason };
}
