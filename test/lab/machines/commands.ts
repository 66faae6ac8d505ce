import { join } from "node:path";
import { expect, test } from "vitest";
import { attempt, run } from "../../../lab/host/run";
import { exec } from "../../../lab/machines/exec";
import { hostPublicKey, loginKey, sshCommand } from "../../../lab/machines/keys";
import { findLab } from "../../../lab/state/lifecycle";
import { lab, pings, sh } from "./subject";

/** Tests of machines that run, and of commands in them. */
export function commands(): void {
  test("boots machines that reach each other, with systemd content", async () => {
    const { input, left, right } = lab();
    expect(await pings(left, right)).toBe(true);
    expect(await pings(right, left)).toBe(true);
    expect((await sh(left, "systemctl is-system-running")).stdout.trim()).toBe("running");
    expect((await findLab(input))?.state.status).toBe("running");
  });

  test("passes exit code, output and input of a command through", async () => {
    const { plan, left } = lab();
    const result = await exec(plan, left, ["sh", "-c", "cat; echo no >&2; exit 7"], { stdin: "hello" });
    expect(result).toEqual({ exitCode: 7, stdout: "hello", stderr: "no\n" });
  });

  test("ends a command that takes too long, with everything it started", async () => {
    const { left } = lab();
    await expect(sh(left, "sleep 4711 & sleep 4711", 300)).rejects.toThrow(
      "on left: not finished after 0.3 s",
    );
    expect((await sh(left, "grep -lzx 4711 /proc/[0-9]*/cmdline")).stdout).toBe("");
  });

  test("answers SSH from the host with the host key that the lab made, to its key only", async () => {
    const { clone, plan, left } = lab();
    const argv = [...sshCommand(plan, left.address), "hostname"];
    expect(await run(argv)).toBe("left");
    const key = await run(["ssh-keyscan", "-t", "ed25519", left.address]);
    expect(key.split(" ").slice(1).join(" ")).toBe(await hostPublicKey(plan, "left"));
    const stranger = [...argv];
    stranger[stranger.indexOf(loginKey(plan))] = join(clone, "no-such-key");
    expect((await attempt(stranger)).stderr).toContain("Permission denied (publickey)");
  });
}
