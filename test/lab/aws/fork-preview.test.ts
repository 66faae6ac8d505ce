import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { run } from "../../../lab/host/run";

const root = resolve(__dirname, "../../..");
const LIMIT_MS = 400_000;
let directory = "";
let clone = "";

const git = (...argv: string[]): Promise<string> =>
  run(["git", "-C", clone, "-c", "user.name=A", "-c", "user.email=a@example.org", ...argv]);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "nginx-ha-fork-"));
  clone = join(directory, "fork");
  await run(["git", "clone", "--quiet", root, clone]);
  await run(["cp", "--archive", "--link", join(root, "node_modules"), clone]);
});

afterAll(async () => {
  await run(["npm", "run", "--silent", "lab", "--", "down"], { cwd: clone, timeoutMs: LIMIT_MS });
  await rm(directory, { recursive: true, force: true });
});

interface Step {
  run?: string;
}

it("the steps of a fork's preview print what its change would do to a stack", async () => {
  const base = (await git("rev-parse", "HEAD")).trim();
  const file = join(clone, "Pulumi.dev.yaml");
  const stack = parseDocument(await readFile(file, "utf8"));
  stack.setIn(["config", "nginx-ha:cluster", "instances", "type"], "t3.small");
  await writeFile(file, stack.toString());
  await git("commit", "--quiet", "--all", "--message", "Larger machines");

  const workflow = parse(await readFile(join(root, ".github/workflows/preview.yml"), "utf8"));
  const steps: Step[] = workflow.jobs["preview-of-a-fork"].steps;
  const summary = join(directory, "summary.md");
  await writeFile(summary, "");
  for (const step of steps) {
    if (step.run === undefined) continue;
    await run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      cwd: clone,
      timeoutMs: LIMIT_MS,
      env: { BASE: base, STACK: "dev", AS_ROOT: "", GITHUB_STEP_SUMMARY: summary },
    });
  }
  const text = await readFile(summary, "utf8");
  expect(text).toMatch(/^### dev, on a Region of the lab: \d+ to replace\n/);
  expect(text).toContain("| ± replace | aws:ec2/instance:Instance | `edge-nginx-a` | `instanceType` |");
  expect(text).toContain("| ± replace | aws:ec2/instance:Instance | `edge-nginx-b` | `instanceType` |");
});
