import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "./run";
import type { Attempt, Origin } from "./types";
import { engineFault, readVersion } from "./versions";

/** The programs that make an engine. */
export const ENGINE_PROGRAM = "pulumi";
export const HOST_PROGRAM = "pulumi-language-nodejs";

/** An engine counts only once it and its language host have run: a half-written file has a name, too. */
export async function prove(bin: string, origin: Origin, env: NodeJS.ProcessEnv): Promise<Attempt> {
  const program = join(bin, ENGINE_PROGRAM);
  const host = await find(HOST_PROGRAM, [bin, ...(origin === "path" ? directories(env.PATH) : [])]);
  if (!host) {
    const where = origin === "path" ? "beside it or on PATH" : "beside it";
    return { refused: `${program} has no ${HOST_PROGRAM} ${where}` };
  }
  const settings = { env: probeEnvironment(env), deadline: 20_000 };
  const [engine, language] = await Promise.all([
    run([program, "version"], settings),
    run([host, "-h"], settings),
  ]);
  if (!engine.ok) return { refused: `${program} version: ${engine.reason}` };
  // Whatever it answers to -h, it answers; a shell and a loader say 126 and 127 for it when it cannot.
  if (!language.ok && (language.exitCode ?? 127) >= 126) return { refused: `${host}: ${language.reason}` };
  const fault = engineFault(engine.stdout);
  if (fault) return { refused: `${program} ${fault}` };
  return { engine: { bin, version: readVersion(engine.stdout) as string, origin } };
}

/** The first of these directories that holds this program, as the program's path. */
async function find(name: string, bins: string[]): Promise<string | undefined> {
  for (const bin of bins) {
    const file = join(bin, name);
    if (await executable(file)) return file;
  }
  return undefined;
}

/** Whether a file is there to be run. */
export async function executable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The directories on PATH, each once. */
export function directories(path: string | undefined): string[] {
  return [...new Set((path ?? "").split(delimiter).filter((directory) => directory !== ""))];
}

function probeEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
