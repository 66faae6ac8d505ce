import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { attempt, run } from "../../../lab/host/run";

const root = join(__dirname, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-affected-"));
const repository = join(scratch, "repository");
const output = join(scratch, "output");
const summary = join(scratch, "summary.md");
let base = "";

const git = (...argv: string[]): Promise<string> =>
  run(["git", "-C", repository, "-c", "user.name=A", "-c", "user.email=a@example.org", ...argv]);

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
}

async function commit(files: Record<string, string>, more: () => Promise<unknown> = async () => {}) {
  write(files);
  await more();
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "A change");
}

/** Runs it as the workflow does: what it writes for GitHub, and how it ends. */
async function affected(...argv: string[]) {
  for (const file of [output, summary]) writeFileSync(file, "");
  const tsx = join(root, "node_modules/.bin/tsx");
  const { exitCode, stderr } = await attempt([tsx, join(root, "tools/ci/affected.ts"), ...argv], {
    cwd: repository,
    env: { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  });
  return {
    exitCode,
    stderr: stderr.trim(),
    output: readFileSync(output, "utf8"),
    summary: readFileSync(summary, "utf8").trim(),
  };
}

const aws = "config: {nginx-ha:shared: ./shared.yaml, nginx-ha:cluster: {name: edge}}\n";

beforeEach(async () => {
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository);
  await git("init", "--quiet");
  await commit({
    "README.md": "one\n",
    "index.ts": "",
    "shared.yaml": "platform: aws\n",
    "Pulumi.dev.yaml": aws,
    "Pulumi.office.yaml": "config: {nginx-ha:cluster: {platform: hosts}}\n",
    "Pulumi.taken.yaml": aws.replace("name: edge", "network: {vpc: vpc-0123456789abcdef0}"),
  });
  base = (await git("rev-parse", "HEAD")).trim();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("gives the stacks that share a changed file, however they write its path", async () => {
  await commit({ "shared.yaml": "platform: aws\nproduction: true\n" });
  expect(await affected("--stack", "", base)).toEqual({
    exitCode: 0,
    stderr: "",
    output: 'stacks=["dev","taken"]\n',
    summary: "",
  });
});

it("says that a change touches no stack", async () => {
  await commit({ "README.md": "two\n" });
  expect(await affected(base)).toMatchObject({
    exitCode: 0,
    output: "stacks=[]\n",
    summary: "This change touches no stack: there is nothing to preview.",
  });
});

it("takes all stacks when the commit before is none, or none of this history", async () => {
  await git("commit", "--quiet", "--amend", "--message", "Another history");
  for (const unknown of ["0".repeat(40), "f".repeat(40), base])
    expect(await affected(unknown)).toMatchObject({
      exitCode: 0,
      output: 'stacks=["dev","office","taken"]\n',
      summary: expect.stringMatching(/^What changed is not known, .*: all stacks\.$/),
    });
});

it("says that a stack is taken away or has another name, and that nothing destroys it", async () => {
  await commit({}, () => git("mv", "Pulumi.office.yaml", "Pulumi.hall.yaml"));
  const { output: stacks, summary: said } = await affected(base);
  expect(stacks).toBe('stacks=["hall"]\n');
  expect(said).toMatch(/^The file of the stack office is taken away\. .*pulumi destroy --stack office/);
  await commit({}, () => git("rm", "--quiet", "Pulumi.hall.yaml"));
  const { summary: alone } = await affected("HEAD~1");
  expect(alone).toMatch(/^The file of the stack hall is taken away\./);
  expect(alone).not.toContain("touches no stack");
});

it("leaves out for the lab what can come up in its own account only, and says why", async () => {
  await commit({ "index.ts": "export {};\n" });
  expect(await affected("--lab", base)).toMatchObject({
    output: 'stacks=["dev"]\n',
    summary:
      "No preview of office on the lab: it is on platform hosts.\n\nNo preview of taken on the lab: network.vpc names vpc-0123456789abcdef0.",
  });
});

it("takes a stack by name, whatever changed", async () => {
  expect(await affected("--stack", "office", "")).toMatchObject({
    exitCode: 0,
    output: 'stacks=["office"]\n',
  });
  expect(await affected("--stack", "offcie")).toEqual({
    exitCode: 2,
    stderr: "There is no stack offcie; the project has dev, office, taken.",
    output: "",
    summary: "",
  });
});

it.each([[[]], [["--fork", "HEAD"]]])("says how it is called when it is called by %j", async (argv) => {
  const { exitCode, stderr } = await affected(...argv);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: "usage: affected.ts [--lab] COMMIT | --stack NAME",
  });
});
