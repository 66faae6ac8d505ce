import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = join(__dirname, "../..");

/** Starts the components' host as Pulumi's language host does; the port that it prints, and how to end it. */
export async function startPlugin(env: NodeJS.ProcessEnv = process.env) {
  const argv = [
    "--require",
    join(root, "node_modules/tsx/dist/cjs/index.cjs"),
    join(root, "plugin/index.ts"),
  ];
  const child = spawn(process.execPath, [...argv, "127.0.0.1:1"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const late = setTimeout(() => child.kill(), 60_000);
  const [port] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => [])]);
  clearTimeout(late);
  if (!port) throw new Error("the components' host printed no port in 60 s");
  return {
    port: Number(port),
    end: async (): Promise<void> => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
