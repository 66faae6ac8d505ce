import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeTree } from "./durable";
import { configuration } from "./generation";
import { nextHead } from "./head";
import { testDirectory } from "./nginx";
import { readTree } from "./tree";

/**
 * Tests the stack's part together with the operator's as it is served here; nothing that is served changes.
 * @throws Refused with what nginx says
 */
export async function tryStack(home: string, directory: string): Promise<void> {
  const stack = readTree(directory);
  const serving = join(home, "serving");
  const { sites } = existsSync(serving) ? configuration.apart(readTree(serving, 2)) : { sites: new Map() };
  const parts = { stack, sites };
  const hashes = configuration.hashesOf(parts);
  const change = { ...hashes, declared: hashes.parts.stack, source: "stack", by: "try", at: "" } as const;
  const trial = join(home, `.try-${process.pid}`);
  try {
    const head = nextHead(undefined, change);
    writeTree(trial, configuration.filesOf({ head, parts }), configuration.modes);
    await testDirectory(trial);
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}
