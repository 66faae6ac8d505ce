import { chmodSync, cpSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { buildSync } from "esbuild";

const root = resolve(__dirname, "..");

/** The command line as one file that brings its libraries along; what it finds beside itself lies beside it. */
export function packCommandLine(directory: string): void {
  const outfile = join(directory, "main.js");
  buildSync({
    entryPoints: [join(root, "cli/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    logLevel: "error",
    // linkedom draws on a canvas only where one is installed.
    external: ["canvas"],
  });
  chmodSync(outfile, 0o755);
  for (const program of ["cli/probe/client.mjs", "cli/watch/look.mjs"])
    cpSync(join(root, program), join(directory, basename(program)));
  cpSync(join(root, "node/scripts"), join(directory, "scripts"), { recursive: true });
  cpSync(join(root, "cli/schemas"), join(directory, "schemas"), { recursive: true });
}
