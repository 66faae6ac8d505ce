import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findEngine } from "../../tools/engine";
import { cacheDirectory } from "../../tools/engine/cache";
import { engineEnvironment } from "../../tools/engine/environment";
import { ensureCommandPlugin } from "../../tools/engine/plugin";
import type { Report } from "../host/report";
import { attempt, CommandError, type Result } from "../host/run";
import { placeAwsStandIn, placeCommandStandIn } from "../providers/place";

/** How a command of the engine runs; `env` comes on top of the lab's. */
export interface EngineOptions {
  stdin?: string;
  timeoutMs?: number;
  env?: Record<string, string>;
}

/** Pulumi's engine as a lab uses it: its own plugins, state and passphrase. */
export interface Pulumi {
  env: NodeJS.ProcessEnv;
  /** Runs a command that must succeed, without showing it. */
  quietly(argv: readonly string[], options?: { stdin?: string; timeoutMs?: number }): Promise<string>;
  /** Runs a command to its end, whatever its exit code. */
  attempt(argv: readonly string[], options?: EngineOptions): Promise<Result>;
}

/** Finds or makes the engine, its `command` plugin and the lab's `aws` one. `directory` is the lab's. */
export async function openPulumi(
  clone: string,
  directory: string,
  report: Report,
  more: Record<string, string> = {},
): Promise<Pulumi> {
  const engine = await findEngine(report);
  const home = pulumiHome(clone);
  const stateDir = join(directory, "state");
  await mkdir(stateDir, { recursive: true });
  const { version } = require("@pulumi/command/package.json") as { version: string };
  await ensureCommandPlugin({ engine, home, version, report, standIn: placeCommandStandIn });
  await placeAws(home);
  const env = { ...engineEnvironment({ engine, home, stateDir, base: process.env }), ...more };
  const run: Pulumi["attempt"] = (argv, options) =>
    attempt(["pulumi", "--non-interactive", ...argv], {
      cwd: clone,
      timeoutMs: 840_000,
      ...options,
      env: { ...(env as Record<string, string>), ...options?.env },
      extendEnv: false,
    });
  return {
    env,
    attempt: run,
    quietly: async (argv, options) => {
      const result = await run(argv, options);
      if (result.exitCode !== 0) throw new CommandError(["pulumi", ...argv], result);
      return result.stdout;
    },
  };
}

/** Written anew each time: it leads to this clone's code. */
async function placeAws(home: string): Promise<void> {
  const { version } = require("@pulumi/aws/package.json") as { version: string };
  await placeAwsStandIn(join(home, "plugins", `resource-aws-v${version}`));
}

/** Pulumi's own directory for this clone's labs: a stand-in that lies there never meets another stack. */
const pulumiHome = (clone: string): string => {
  const id = createHash("sha256").update(clone).digest("hex").slice(0, 8);
  return join(dirname(cacheDirectory()), "pulumi-home", id);
};
