import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { attempt } from "../../lab/host/run";
import { packCommandLine } from "../../tools/command-line";
import { historyOf } from "../cli/drill/example";

const directory = mkdtempSync(join(tmpdir(), "nginx-ha-packed-"));
beforeAll(() => packCommandLine(directory));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Where nothing of this clone is found. */
const packed = (...argv: string[]) =>
  attempt([process.execPath, join(directory, "main.js"), ...argv], {
    cwd: directory,
    env: { NO_COLOR: "1" },
  });

it("the packed command line stands alone", async () => {
  const { stdout, exitCode } = await packed("--help");
  expect(stdout).toContain("switchover [options] [node]");
  expect(exitCode).toBe(0);
});

it("draws a report without the repository's libraries", async () => {
  const file = join(directory, "h.jsonl");
  writeFileSync(
    file,
    historyOf()
      .events.map((one) => `${JSON.stringify(one)}\n`)
      .join(""),
  );
  const page = join(directory, "h.html");
  const { stdout, stderr, exitCode } = await packed("drill", "report", file, "--html", page);
  expect(stderr).toBe("");
  expect(stdout).toContain("edge: valid");
  expect(readFileSync(page, "utf8").match(/<svg/g)).toHaveLength(2);
  expect(exitCode).toBe(0);
});

it("finds the scripts that it sends to nodes", async () => {
  const inventory = join(directory, "inventory.json");
  const ssh = { host: "127.0.0.1", port: 1, user: "root", hostKey: "ssh-ed25519 AAAA", privateKey: "none" };
  const nodes = ["nginx-a", "nginx-b"].map((name) => ({ name, ssh }));
  writeFileSync(inventory, JSON.stringify({ nodes }));
  const { stderr, exitCode } = await packed("purge", "nginx-a", "-i", inventory, "--yes");
  expect(stderr).toMatch(/^error: nginx-a was not purged: /);
  expect(exitCode).toBe(2);
});

it.each([
  ["bash", "complete"],
  ["zsh", "#compdef nginx-ha"],
  ["fish", "complete -c nginx-ha"],
])("completes in %s", async (shell, sign) => {
  expect((await packed("completion", shell)).stdout).toContain(sign);
  expect((await packed("complete", "--", "swi")).stdout).toContain("switchover\t");
});
