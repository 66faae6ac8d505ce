import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { onTheLab } from "./on-the-lab";
import { affected, removed, stacksOf } from "./stacks";
import { sentences } from "./summary";

/**
 * The matrix of previews: the project's stacks that what changed since a commit can affect, as JSON. On GitHub it is
 * the step's output `stacks`, and the job's summary says what has no preview, and why.
 *
 * Argument: the commit to compare with; all stacks when the history does not have it (a new branch, a force push).
 * Options: --stack NAME, this one whatever changed; --lab, only those that can come up on a Region of the lab.
 */
const usage = "usage: affected.ts [--lab] COMMIT | --stack NAME";
const root = process.cwd();

function main(argv: string[]): number {
  const given = argumentsOf(argv);
  if (!given) {
    console.error(usage);
    return 2;
  }
  const { values, base } = given;
  const all = stacksOf(root);
  const names = all.map(({ name }) => name);
  if (values.stack) {
    if (names.includes(values.stack)) return tell([values.stack], []);
    console.error(`There is no stack ${values.stack}; the project has ${names.join(", ")}.`);
    return 2;
  }
  const changed = changedSince(base);
  const found = changed === undefined ? names : affected(changed, all);
  const { can, cannot } = values.lab ? onTheLab(found, root) : { can: found, cannot: [] };
  const gone = changed === undefined ? [] : removed(changed, all);
  return tell(can, sentences({ found, gone, cannot, unknown: changed === undefined }));
}

function argumentsOf(args: string[]) {
  const options = { stack: { type: "string" }, lab: { type: "boolean", default: false } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [base = ""] = positionals;
    return base || values.stack ? { values, base } : undefined;
  } catch {
    return undefined;
  }
}

/** Paths that changed, both names of one that moved; nothing when the commit is none of this history. */
function changedSince(base: string): string[] | undefined {
  if (git("merge-base", "--is-ancestor", base, "HEAD").status !== 0) return undefined;
  const { status, stdout } = git("diff", "--name-only", "--no-renames", "-z", base, "HEAD");
  return status === 0 ? stdout.split("\0").filter(Boolean) : undefined;
}

const git = (...argv: string[]) => spawnSync("git", argv, { cwd: root, encoding: "utf8" });

function tell(stacks: string[], lines: string[]): number {
  const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY } = process.env;
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `stacks=${JSON.stringify(stacks)}\n`);
  if (GITHUB_STEP_SUMMARY) for (const line of lines) appendFileSync(GITHUB_STEP_SUMMARY, `${line}\n\n`);
  for (const line of lines) console.error(line);
  console.log(JSON.stringify(stacks));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
