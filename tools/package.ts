import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildAgent, programs } from "../node/agent/bundle";
import { packCommandLine } from "./command-line";

/**
 * `npm pack`: the components as JavaScript with declarations, the nodes' scripts, the agent in one file, and the
 * command line in another, which brings its libraries along: who only uses the components installs none of them.
 */
const root = resolve(__dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
execFileSync("tsc", ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
for (const scripts of ["node/bin", "node/scripts"])
  cpSync(join(root, scripts), join(dist, scripts), { recursive: true });
for (const program of programs) writeFileSync(join(dist, `node/agent/${program}.js`), buildAgent(program));
packCommandLine(join(dist, "cli"));
