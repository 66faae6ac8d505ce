import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { run } from "../../lab/host/run";

const clone = resolve(__dirname, "../..");
const LIMIT_MS = 240_000;

/** An empty project outside of the repository with a program, and packages from the registry beside ours. */
export interface Outside {
  directory: string;
  remove(): Promise<void>;
}

/** Packs the repository as `npm pack` does, and installs it into a project that has nothing else. */
export async function installedOutside(
  program: string,
  files: Record<string, string> = {},
): Promise<Outside> {
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-outside-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const packed = await run(["npm", "pack", "--silent", "--pack-destination", directory], {
      cwd: clone,
      timeoutMs: LIMIT_MS,
    });
    const { devDependencies } = require(join(clone, "package.json"));
    const peers = ["@pulumi/aws", "@pulumi/command", "@pulumi/pulumi", "typescript"];
    const manifest = {
      name: "outside",
      private: true,
      main: "index.ts",
      dependencies: {
        "nginx-ha": `file:${packed.trim().split("\n").at(-1)}`,
        ...Object.fromEntries(peers.map((name) => [name, devDependencies[name]])),
      },
    };
    const compilerOptions = {
      target: "es2022",
      module: "nodenext",
      moduleResolution: "nodenext",
      rootDir: ".",
      strict: true,
      skipLibCheck: true,
    };
    const all = {
      "package.json": JSON.stringify(manifest),
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["*.ts"] }),
      "Pulumi.yaml": stringify({ name: "outside", runtime: "nodejs" }),
      "index.ts": program,
      ...files,
    };
    for (const [name, content] of Object.entries(all)) await writeFile(join(directory, name), content);
    const install = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    await run(install, { cwd: directory, timeoutMs: LIMIT_MS });
    return { directory, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
