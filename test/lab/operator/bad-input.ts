import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInventory } from "../../../cli/inventory";
import type { Inventory } from "../../../config/inventory";
import { stackFile, stackName } from "../../../lab/pair/stack";
import { pair } from "../pair/subject";
import { nginxHa, plainNginxHa } from "./subject";

describe("bad input is one sentence and an exit code", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-bad-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  let good: Inventory;
  beforeAll(async () => {
    good = await readInventory({
      stack: stackName,
      configFile: stackFile(pair.plan),
      env: pair.lab.pulumi.env,
    });
  });

  const written = (name: string, content: unknown): string => {
    const file = join(scratch, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
    return file;
  };
  const sentence = async (argv: string[], env: Record<string, string> = {}): Promise<string> => {
    const { exitCode, stderr, stdout } = await plainNginxHa(argv, env);
    expect(exitCode, stdout).toBe(2);
    expect(stderr).not.toMatch(/\n {4}at /);
    return stderr.trim();
  };

  it("a stack that is not there", async () => {
    expect(await sentence(["status", "-s", "nowhere"])).toMatch(
      /^error: Pulumi does not give the configuration of stack nowhere: .*nowhere/,
    );
  });

  it("a wrong passphrase", async () => {
    const said = await sentence(["status", "-s", stackName], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    expect(said).toMatch(/^error: Pulumi does not give/);
  });

  it("a stack without outputs", async () => {
    await pair.lab.pulumi.quietly(["-C", pair.plan.directory, "stack", "init", "lab-empty"]);
    try {
      expect(await sentence(["status", "-s", "lab-empty"])).toBe(
        "error: The stack lab-empty has no nodes yet: run pulumi up --stack lab-empty",
      );
    } finally {
      await pair.lab.pulumi.quietly(["-C", pair.plan.directory, "stack", "rm", "--yes", "lab-empty"]);
    }
  });

  it("no pair named, a node that is not there, files that are not what they should be", async () => {
    expect(await sentence(["status"])).toBe("error: Which pair? Say --stack NAME, or --inventory FILE.");
    expect(await sentence(["ssh", "nginx-c", "-i", written("good.json", good)])).toBe(
      "error: There is no node nginx-c; the stack has nginx-a and nginx-b.",
    );
    expect(await sentence(["status", "-i", join(scratch, "none.json")])).toMatch(
      /none.json cannot be read \(ENOENT\)\.$/,
    );
    expect(await sentence(["status", "-i", written("text.json", "{")])).toMatch(/text.json is not JSON\.$/);
    expect(await sentence(["status", "-i", written("empty.json", {})])).toMatch(
      /empty.json is not an inventory: nodes: /,
    );
    expect(await sentence(["drill", "report", written("text.jsonl", "x\n")])).toMatch(/line 1: is not JSON/);
    expect(await sentence(["drill", "nginx-kil", "-i", written("good.json", good)])).toContain(
      "Allowed choices are nginx-kill",
    );
    expect(await sentence(["statsu"])).toContain("Did you mean status?");
  });

  it("what cannot be written, half of a power supply", async () => {
    const file = written("good.json", good);
    const drill = ["drill", "nginx-kill", "-i", file, "--yes"];
    expect(await sentence([...drill, "--history", join(scratch, "none", "h.jsonl")])).toBe(
      `error: ${join(scratch, "none", "h.jsonl")} cannot be written (ENOENT).`,
    );
    expect(await sentence([...drill, "--power-off", "true"])).toBe(
      "error: --power-off needs --power-on, and the other way round: each fault has an undo.",
    );
  });

  it("a production stack is not drilled by mistake", async () => {
    const refusal =
      "error: edge is marked production: a drill makes outages there. Say --yes-production to run it.";
    const file = written("production.json", { ...good, production: true });
    expect(await sentence(["drill", "nginx-kill", "-i", file, "--yes"])).toBe(refusal);
    const history = ["--history", join(scratch, "production.jsonl")];
    await pair.withConfig(["production"], true, async () => {
      const holder = await pair.holder();
      const refused = await nginxHa("drill", "nginx-kill", "--yes", ...history);
      expect([refused.stderr, refused.exitCode]).toEqual([refusal, 2]);
      expect(await pair.holder()).toBe(holder);
      // What hosts cannot have is skipped: that far it comes when it may.
      const allowed = await nginxHa("drill", "api-down", "--yes", "--yes-production", ...history);
      expect(allowed.stdout).toContain("edge: unknown, no fault was rehearsed");
    });
  });

  it("SSH refused, a wrong host key: told node by node", async () => {
    const changed = (ssh: object) =>
      written("changed.json", {
        ...good,
        nodes: good.nodes.map((node) => ({ ...node, ssh: { ...node.ssh, ...ssh } })),
      });
    const refused = await plainNginxHa(["status", "-i", changed({ port: 2222 })]);
    expect(refused.stdout).toMatch(/# nginx-a: does not answer: .*Connection refused/);
    expect(refused.exitCode).toBe(2);
    const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA7ShjckOm9q8rv90j3psnrQz2aJ71qC1SNnfj0cSTYg";
    const stranger = await plainNginxHa(["status", "-i", changed({ hostKey })]);
    expect(stranger.stdout).toMatch(/# nginx-b: does not answer: .*Host key verification failed/);
    expect(stranger.exitCode).toBe(2);
  });

  it("a node that answers garbage", async () => {
    const program = "$(readlink -f /etc/nginx-ha/current)/bin/node-status";
    await pair.succeed(
      "nginx-b",
      `cp ${program} /root/kept; printf '#!/bin/sh\\necho Welcome\\n' >${program}`,
    );
    try {
      const { stdout, exitCode } = await plainNginxHa(["status", "-i", written("good.json", good)]);
      expect(stdout).toContain(
        "# nginx-b: answers, and not with a status: its shell says something of its own",
      );
      expect(exitCode).toBe(1);
    } finally {
      await pair.succeed("nginx-b", `cp /root/kept ${program}`);
    }
  });
});
