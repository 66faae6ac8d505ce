import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The programs that run on a node, and where their sources begin. */
const entries = {
  agent: "agent/main.ts",
  sync: "agent/sync/main.ts",
  acme: "agent/acme/main.ts",
  drain: "agent/drain/main.ts",
} as const;
type Program = keyof typeof entries;
export const programs = Object.keys(entries) as Program[];

const made: Partial<Record<Program, string>> = {};

/** A program as one file for Debian's Node 18 and 20; equal bytes wherever the sources lie. */
export function agentBundle(program: Program): string {
  // A package brings it along instead of its sources.
  const packed = join(__dirname, `${program}.js`);
  const text = made[program] ?? (existsSync(packed) ? readFileSync(packed, "utf8") : buildAgent(program));
  made[program] = text;
  return text;
}

/** Bundles it from its sources. */
export function buildAgent(program: Program): string {
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const root = join(__dirname, "../..");
  const { outputFiles } = buildSync({
    entryPoints: [join(root, entries[program])],
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
