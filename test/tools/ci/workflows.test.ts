// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { attempt } from "../../../lab/host/run";

const root = join(__dirname, "../../..");
/** What the previews are calculated with is what the program was tested with. */
const engine = require(join(root, "package.json")).devDependencies["@pulumi/pulumi"];
const directory = join(root, ".github/workflows");
const files = readdirSync(directory);
const texts = files.map((file) => readFileSync(join(directory, file), "utf8"));

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  permissions?: Record<string, string>;
  if?: string;
  needs?: string;
  environment?: string;
  concurrency?: object;
  strategy?: object;
  "runs-on": string | string[];
  "timeout-minutes"?: number;
  steps: Step[];
}
const workflow = (name: string): { on: object; permissions: object; jobs: Record<string, Job> } =>
  parse(readFileSync(join(directory, name), "utf8"));
const job = (file: string, name: string): Job => workflow(file).jobs[name] as Job;
/** What an action is given in a job. */
const given = ({ steps }: Job, action: string) => steps.find(({ uses }) => uses?.startsWith(action))?.with;

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
    expect(workflow("up.yml").on).toEqual({
      push: { branches: ["main"] },
      workflow_dispatch: {
        inputs: { stack: { description: expect.any(String), required: true, type: "string" } },
      },
    });
    expect(job("up.yml", "stacks").if).toBe("github.ref == 'refs/heads/main'");
    for (const text of texts) expect(text).not.toMatch(/secrets\./);
  });

  const matrix = { stack: "${{ fromJSON(needs.stacks.outputs.stacks) }}" };

  it("preview each stack that a change can affect, an older preview giving way to a newer one", () => {
    for (const name of ["preview", "preview-of-a-fork"])
      expect(job("preview.yml", name)).toMatchObject({
        needs: "stacks",
        if: expect.stringContaining("needs.stacks.outputs.stacks != '[]'"),
        strategy: { "fail-fast": false, matrix },
        concurrency: {
          group: "preview-${{ matrix.stack }}-${{ github.event.number }}",
          "cancel-in-progress": true,
        },
      });
    const choice = job("preview.yml", "stacks").steps.find(({ run }) => run?.includes("affected.ts"));
    expect(choice).toMatchObject({
      env: {
        BASE: "${{ github.event.pull_request.base.sha }}",
        FORK: "${{ github.event.pull_request.head.repo.full_name != github.repository && 'yes' || '' }}",
      },
      run: 'npx tsx tools/ci/affected.ts ${FORK:+--lab} "$BASE"',
    });
  });

  it("show a preview as one comment and in the summary, with a role that may only look", () => {
    const preview = job("preview.yml", "preview");
    expect(given(preview, "aws-actions/configure-aws-credentials")).toEqual({
      "role-to-assume": "${{ vars.AWS_PREVIEW_ROLE }}",
      "aws-region": "${{ vars.AWS_REGION }}",
    });
    expect(given(preview, "pulumi/actions")).toEqual({
      command: "preview",
      "pulumi-version": engine,
      "stack-name": "organization/nginx-ha/${{ matrix.stack }}",
      "cloud-url": "${{ vars.PULUMI_BACKEND }}",
      "comment-on-pr": true,
      "edit-pr-comment": true,
      "comment-on-summary": true,
    });
  });

  it("bring up one stack after the other behind its environment, never two ups of one, never ended half way", () => {
    const up = job("up.yml", "up");
    expect(up).toMatchObject({
      needs: "stacks",
      "runs-on": ["self-hosted", "nginx-ha"],
      environment: "${{ matrix.stack }}",
      strategy: { "max-parallel": 1, matrix },
      concurrency: { group: "up-${{ matrix.stack }}", "cancel-in-progress": false },
      permissions: { contents: "read", "id-token": "write" },
    });
    expect(given(up, "aws-actions/configure-aws-credentials")).toEqual({
      "role-to-assume": "${{ vars.AWS_UP_ROLE }}",
      "aws-region": "${{ vars.AWS_REGION }}",
    });
    expect(given(up, "pulumi/actions")).toEqual({
      command: "up",
      "pulumi-version": engine,
      "stack-name": "organization/nginx-ha/${{ matrix.stack }}",
      "cloud-url": "${{ vars.PULUMI_BACKEND }}",
      "comment-on-summary": true,
    });
  });

  it("end by themselves, and leave no token in the clone", () => {
    for (const file of files)
      for (const [name, { "timeout-minutes": limit, steps }] of Object.entries(workflow(file).jobs)) {
        expect(limit, `${file}: ${name}`).toBeGreaterThan(0);
        const checkout = steps.find(({ uses }) => uses?.startsWith("actions/checkout"));
        expect(checkout?.with?.["persist-credentials"], `${file}: ${name}`).toBe(false);
      }
  });

  it("run npm test", () => {
    const runs = job("test.yml", "test").steps.map(({ run }) => run);
    expect(runs.at(-1)).toMatch(/ npm test$/);
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
