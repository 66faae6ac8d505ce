import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publish } from "./cache";
import { ENGINE_PROGRAM, executable } from "./prove";
import { run } from "./run";
import type { Engine, Report } from "./types";

const DEADLINE = 20_000;
const MARK = ".stand-in";

/** What installing the `command` plugin depends on. */
export interface PluginRequest {
  engine: Pick<Engine, "bin">;
  /** PULUMI_HOME; the plugin lands in its `plugins` directory. */
  home: string;
  /** As in package.json, without a `v`. */
  version: string;
  report: Report;
  /**
   * Writes our stand-in into a directory, which is renamed afterwards: its files must not name it.
   * At least `pulumi-resource-command`, executable.
   */
  standIn: (pluginDir: string) => Promise<void>;
  /** @default process.env */
  env?: NodeJS.ProcessEnv;
  /** Milliseconds that the official plugin may take. @default 20,000 */
  deadline?: number;
}

/** Sees to it that the engine has a `command` plugin: the one that is there, the official one, or our stand-in. */
export async function ensureCommandPlugin(request: PluginRequest): Promise<"official" | "stand-in"> {
  const { engine, home, version, report, standIn, env = process.env, deadline = DEADLINE } = request;
  const directory = join(home, "plugins", `resource-command-v${version}`);
  const name = `command plugin ${version}`;

  const there = await kindOf(directory);
  if (there) {
    report(`${name}: ${there}, already in place`);
    return there;
  }
  await mkdir(join(home, "plugins"), { recursive: true });
  const outcome = await run(
    [join(engine.bin, ENGINE_PROGRAM), "plugin", "install", "resource", "command", version],
    // Not in the clone: what the CLI finds there, or where a caller happens to stand, is no affair of a plugin's.
    { cwd: home, env: installEnvironment(env, home), deadline },
  );
  if (outcome.ok && (await kindOf(directory))) {
    report(`${name}: official`);
    return "official";
  }
  await clear(directory);
  await publish(directory, async (staging) => {
    await standIn(staging);
    await writeFile(
      join(staging, MARK),
      "nginx-ha's own; remove this directory to try the official plugin again\n",
    );
    return { whole: true, result: undefined };
  });
  const reason = outcome.ok ? "it is not where it should be" : outcome.reason;
  report(`${name}: our stand-in, since the official one is not to be had (${reason.replace("error: ", "")})`);
  return "stand-in";
}

async function kindOf(directory: string): Promise<"official" | "stand-in" | undefined> {
  if (!(await executable(join(directory, "pulumi-resource-command")))) return undefined;
  // The CLI leaves this beside a plugin that it has not finished unpacking.
  if (await exists(`${directory}.partial`)) return undefined;
  return (await exists(join(directory, MARK))) ? "stand-in" : "official";
}

async function clear(directory: string): Promise<void> {
  if (await kindOf(directory)) return;
  await rm(directory, { recursive: true, force: true });
  await rm(`${directory}.partial`, { force: true });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function installEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  return { ...env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
}
