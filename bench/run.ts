/** Where a benchmark says how far it is; its table alone goes to stdout. */
export const report = (line: string): void => console.error(line);

/** Runs a benchmark; when it fails, the exit code is 1. */
export function runBench(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
