import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const clone = resolve(__dirname, "../..");

/**
 * Writes the stand-in's executable into a plugin directory, `$PULUMI_HOME/plugins/resource-command-v1.2.1`,
 * where the engine takes it for the vendor's. It runs this clone's code with this clone's Node.
 */
export const placeCommandStandIn = (pluginDir: string): Promise<void> => place(pluginDir, "command");

/** The same for `aws`, in `$PULUMI_HOME/plugins/resource-aws-v…`: the lab's Regions have no other provider. */
export const placeAwsStandIn = (pluginDir: string): Promise<void> => place(pluginDir, "aws");

async function place(pluginDir: string, name: "aws" | "command"): Promise<void> {
  await mkdir(pluginDir, { recursive: true });
  const program = join(pluginDir, `pulumi-resource-${name}`);
  await writeFile(program, script(join(__dirname, name, "main.ts")));
  await chmod(program, 0o755);
}

/** tsx's hook instead of its program: one process, and the engine's signals reach it. */
function script(main: string): string {
  const node = join(clone, "node_modules/.bin/node");
  const hook = join(clone, "node_modules/tsx/dist/cjs/index.cjs");
  return `#!/bin/sh\nexec ${quote(node)} --require ${quote(hook)} ${quote(main)} "$@"\n`;
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
