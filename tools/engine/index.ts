import { goNeeded } from "./build";
import { cacheDirectory } from "./cache";
import { INSTALLER } from "./download";
import { withLock } from "./lock";
import { engineKept, makeEngine, openCache } from "./make";
import { engineOnPath } from "./path";
import { nothingFound, planFor, type Refusal } from "./plan";
import type { Engine, Report } from "./types";

export type { Engine, Origin, Report } from "./types";

/** What may be set from outside, for tests. */
export interface FindOptions {
  /** @default process.env; `NGINX_HA_ENGINE` of `path`, `download` or `build` allows that origin alone */
  env?: NodeJS.ProcessEnv;
  /** Where engines are kept. @default the user's cache directory */
  cache?: string;
  /** The program that fetches the official release. @default installer.mjs beside this file */
  installer?: string;
}

/**
 * Finds Pulumi's engine, or makes it: on PATH, kept from an earlier run, downloaded, or built from Go
 * modules, in this order. Each one counts only once it has run. Two runs at once make it once.
 */
export async function findEngine(report: Report, options: FindOptions = {}): Promise<Engine> {
  const { env = process.env, cache = cacheDirectory(), installer = INSTALLER } = options;
  const workshop = { env, cache, installer, report };
  const plan = planFor(env.NGINX_HA_ENGINE);
  const refusals: Refusal[] = [];

  if (plan.path) {
    const attempt = await engineOnPath(env);
    if ("engine" in attempt) return attempt.engine;
    refusals.push({ step: "on PATH", reason: attempt.refused });
  }
  const kept = await engineKept(plan.make, workshop);
  if (kept) return kept;
  if (plan.make.length > 0) {
    await openCache(cache);
    const made = await withLock(cache, report, makeFirst);
    if (made) return made;
  }
  throw nothingFound(refusals, await goNeeded());

  async function makeFirst(): Promise<Engine | undefined> {
    const meanwhile = await engineKept(plan.make, workshop);
    if (meanwhile) return meanwhile;
    for (const origin of plan.make) {
      const attempt = await makeEngine(origin, workshop);
      if ("engine" in attempt) return attempt.engine;
      const step = origin === "download" ? "official download" : "build from Go modules";
      report(`  ${step}: ${attempt.refused}`);
      refusals.push({ step, reason: attempt.refused });
    }
    return undefined;
  }
}
