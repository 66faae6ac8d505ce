import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * `npm run test:full`: the lab's tests on both Debian releases, three times each, with every fault in
 * every mode of the VIP. What passed on this commit is
 * not run again, so an interrupted run goes on where it stopped. The log: `.lab/test-full.jsonl`, a line per run.
 */
const clone = resolve(__dirname, "..");
const log = join(clone, ".lab", "test-full.jsonl");
const cells = ["trixie", "bookworm"].flatMap((release) => [1, 2, 3].map((run) => ({ release, run })));

interface Line {
  commit: string;
  release: string;
  run: number;
  passed: boolean;
  seconds: number;
  at: string;
}

const output = (...argv: string[]): string => {
  const [file = "", ...rest] = argv;
  return spawnSync(file, rest, { cwd: clone, encoding: "utf8" }).stdout.trim();
};

function main(): number {
  const commit = output("git", "describe", "--always", "--dirty");
  const done = existsSync(log)
    ? readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Line)
    : [];
  let failed = 0;
  for (const { release, run } of cells) {
    const name = `${release} run ${run}`;
    if (
      done.some(
        (line) => line.commit === commit && line.release === release && line.run === run && line.passed,
      )
    ) {
      console.log(`${name}: passed before on ${commit}`);
      continue;
    }
    const start = performance.now();
    const env = { ...process.env, NGINX_HA_RELEASE: release, NGINX_HA_MATRIX: "yes" };
    const step = (...argv: [string, ...string[]]): boolean =>
      spawnSync(argv[0], argv.slice(1), { cwd: clone, env, stdio: "inherit" }).status === 0;
    const passed =
      step("tsx", "lab/prepare.ts") &&
      step("vitest", "run", "--project", "live", "--project", "lab", "--project", "alone");
    const seconds = Math.round((performance.now() - start) / 1000);
    const line: Line = { commit, release, run, passed, seconds, at: new Date().toISOString() };
    // The last lab that goes takes the folder with it when it is empty.
    mkdirSync(dirname(log), { recursive: true });
    appendFileSync(log, `${JSON.stringify(line)}\n`);
    console.log(`${name}: ${passed ? "passed" : "FAILED"} in ${seconds} s`);
    if (!passed) failed++;
  }
  console.log(
    failed === 0
      ? `All ${cells.length} runs passed; log: ${log}`
      : `${failed} of ${cells.length} runs failed; log: ${log}`,
  );
  return failed === 0 ? 0 : 1;
}

process.exitCode = main();
