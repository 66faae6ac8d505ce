import { join } from "node:path";
import { buildSync } from "esbuild";

let made: string | undefined;

/** The agent as one file for Debian's Node 18 and 20; equal bytes wherever the sources lie. */
export function agentBundle(): string {
  made ??= build();
  return made;
}

function build(): string {
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
