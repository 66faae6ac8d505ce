import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

let made: string | undefined;

/** The agent as one file for Debian's Node 18 and 20; equal bytes wherever the sources lie. */
export function agentBundle(): string {
  made ??= existsSync(PACKED) ? readFileSync(PACKED, "utf8") : buildAgent();
  return made;
}

/** A package brings it along instead of its sources. */
const PACKED = join(__dirname, "agent.js");

/** Bundles it from its sources. */
export function buildAgent(): string {
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const root = join(__dirname, "../..");
  const { outputFiles } = buildSync({
    entryPoints: [join(root, "agent/main.ts")],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node18",
    format: "cjs",
    minify: true,
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
