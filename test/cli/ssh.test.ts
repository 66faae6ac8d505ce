import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "../..");
const program = `
const { withNodes } = require(${JSON.stringify(join(root, "cli/ssh.ts"))});
const ssh = { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA", privateKey: "KEY" };
withNodes([{ name: "nginx-a", zone: "-", ssh }], () => {
  console.log("ready");
  return new Promise(() => setInterval(() => {}, 1000));
});`;

it.each([
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
] as const)("a command that %s ends leaves no key behind", async (signal) => {
  const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-test-"));
  try {
    const hook = join(root, "node_modules/tsx/dist/cjs/index.cjs");
    const child = spawn(process.execPath, ["--require", hook, "-e", program], {
      env: { ...process.env, TMPDIR: scratch },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const keys = () =>
      readdirSync(scratch, { recursive: true }).filter((name) => String(name).endsWith("-key"));
    expect(keys()).toHaveLength(1);
    child.kill(signal);
    await once(child, "exit");
    expect(keys()).toEqual([]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
