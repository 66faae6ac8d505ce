import { writeAtomically } from "../../host/files";
import type { RegionRunner } from "../api/region-runner";

/** Keeps the model in a file, which holds secrets: after each change, several at once. */
export function save(runner: RegionRunner, path: string): { finish(): Promise<void> } {
  let writing = Promise.resolve();
  let dirty = false;
  const write = (): Promise<void> => {
    dirty = false;
    return writeAtomically(path, `${JSON.stringify(runner.state())}\n`, 0o600);
  };
  runner.subscribe(() => {
    if (dirty) return;
    dirty = true;
    writing = writing.then(write).catch((error: Error) => console.error(`${path}: ${error.stack}`));
  });
  return { finish: () => writing.then(write) };
}
