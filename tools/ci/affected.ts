import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { affected, stacksOf } from "./stacks";

/**
 * The matrix of previews: the stacks that differ between a commit and this one can affect, as JSON. On GitHub it is
 * the step's output `stacks`, and a change that touches none says so in the job's summary.
 *
 * Argument: the commit to compare with.
 */
const root = resolve(__dirname, "../..");

function main(base: string | undefined): number {
  if (!base) {
    console.error("usage: affected.ts COMMIT");
    return 2;
  }
  const diff = ["diff", "--name-only", "-z", `${base}...HEAD`];
  const changed = execFileSync("git", diff, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  const stacks = affected(changed, stacksOf(root));
  const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY } = process.env;
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `stacks=${JSON.stringify(stacks)}\n`);
  if (GITHUB_STEP_SUMMARY && stacks.length === 0)
    appendFileSync(GITHUB_STEP_SUMMARY, "This change touches no stack: there is nothing to preview.\n");
  console.log(JSON.stringify(stacks));
  return 0;
}

process.exitCode = main(process.argv[2]);
