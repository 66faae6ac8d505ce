import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { waitFor } from "../../lab/host/wait";

const root = join(__dirname, "../..");
const program = (work: string): string => `
const { withNodes } = require(${JSON.stringify(join(root, "cli/ssh.ts"))});
const ssh = { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA", privateKey: "KEY" };
withNodes([{ name: "nginx-a", zone: "-", ssh }], ([remote]) => ${work});`;

/** Each says that it has begun by a file; `ssh` on PATH is one that does not come back for a minute. */
const works = {
  "that waits": `{
    require("node:fs").writeFileSync(process.env.TMPDIR + "/begun", "");
    return new Promise(() => setInterval(() => {}, 1000));
  }`,
  "that waits for a node": 'remote.run("true", 60)',
};
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

it.each(
  Object.entries(works).flatMap(([title, work]) => signals.map((signal) => ({ title, work, signal }))),
)("a command $title is ended by $signal, and leaves no key behind", async ({ work, signal }) => {
  const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-test-"));
  let child: ChildProcess | undefined;
  try {
    writeFileSync(join(scratch, "ssh"), '#!/bin/sh\ntouch "$TMPDIR/begun"\nexec sleep 60\n');
    chmodSync(join(scratch, "ssh"), 0o755);
    const hook = join(root, "node_modules/tsx/dist/cjs/index.cjs");
    child = spawn(process.execPath, ["--require", hook, "-e", program(work)], {
      env: { ...process.env, TMPDIR: scratch, PATH: `${scratch}:${process.env.PATH}` },
      stdio: ["ignore", "inherit", "inherit"],
    });
    await waitFor("the command to begin", 30_000, () => existsSync(join(scratch, "begun")));
    const keys = () =>
      readdirSync(scratch, { recursive: true }).filter((name) => String(name).endsWith("-key"));
    expect(keys()).toHaveLength(1);
    const exited = once(child, "exit");
    child.kill(signal);
    const late = AbortSignal.timeout(20_000);
    expect(await Promise.race([exited, once(late, "abort").then(() => "it went on")])).toEqual([
      null,
      signal,
    ]);
    expect(keys()).toEqual([]);
  } finally {
    child?.kill("SIGKILL");
    rmSync(scratch, { recursive: true });
  }
});
