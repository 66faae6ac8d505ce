import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { attempt } from "../../../lab/host/run";

const root = join(__dirname, "../../..");
const directory = join(root, ".github/workflows");
const files = readdirSync(directory);
const texts = files.map((file) => readFileSync(join(directory, file), "utf8"));

interface Job {
  permissions?: Record<string, string>;
  if?: string;
}
const workflow = (name: string): { on: object; permissions: object; jobs: Record<string, Job> } =>
  parse(readFileSync(join(directory, name), "utf8"));

describe("the workflows", () => {
  it("are without a fault by actionlint", { timeout: 300_000 }, async () => {
    const argv = ["go", "run", "github.com/rhysd/actionlint/cmd/actionlint", "-no-color"];
    const options = ["-config-file", join(root, ".github/actionlint.yaml")];
    const all = [...argv, ...options, ...files.map((file) => join(directory, file))];
    const linted = await attempt(all, { cwd: join(root, "tools/actionlint"), timeoutMs: 240_000 });
    expect(linted).toEqual({ exitCode: 0, stdout: "", stderr: expect.not.stringContaining("error") });
  });

  it("use actions by commit only, and say which version that is", () => {
    const uses = texts.flatMap((text) => text.match(/uses: .*/g) ?? []);
    expect(uses.length).toBeGreaterThan(5);
    for (const use of uses) expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("never run a stranger's code with the repository's rights", () => {
    for (const text of texts) expect(text).not.toContain("pull_request_target");
    for (const file of files) expect(workflow(file).permissions).toEqual({ contents: "read" });
    const { jobs } = workflow("preview.yml");
    expect(jobs["preview-of-a-fork"]?.permissions).toBeUndefined();
    expect(jobs["preview-of-a-fork"]?.if).toContain("head.repo.full_name != github.repository");
    expect(jobs.preview?.if).toContain("head.repo.full_name == github.repository");
    expect(jobs.preview?.permissions).toEqual({
      contents: "read",
      "id-token": "write",
      "pull-requests": "write",
    });
    expect(workflow("up.yml").on).toEqual({ push: { branches: ["main"] } });
    for (const text of texts) expect(text).not.toMatch(/secrets\./);
  });
});

it("a variable that is not set is an error that says what to do", async () => {
  const tsx = join(root, "node_modules/.bin/tsx");
  const argv = [tsx, join(root, "tools/ci/settings.ts"), "PULUMI_BACKEND", "AWS_REGION"];
  const { exitCode, stdout } = await attempt(argv, { env: { AWS_REGION: "eu-west-1", PULUMI_BACKEND: "" } });
  expect({ exitCode, stdout: stdout.trim() }).toEqual({
    exitCode: 1,
    stdout: expect.stringMatching(/^::error::The variable PULUMI_BACKEND is not set, .*docs\/stacks.md/),
  });
});
