import { describe, expect, it } from "vitest";
import { pair } from "./subject";

describe("a login that is not root", () => {
  it("uses sudo, and is refused before anything is changed where sudo asks for a password", async () => {
    await pair.untilHealthy();
    const before = await pair.inForce();
    await pair.succeed(
      "nginx-b",
      "rm -f /etc/sudoers.d/admin; id admin >/dev/null 2>&1 || useradd --create-home admin; cp -r /root/.ssh /home/admin/ && chown -R admin: /home/admin/.ssh",
    );
    const asAdmin = () => pair.withConfig(["nodes", 1, "ssh", "user"], "admin", () => pair.up());
    const refused = await asAdmin();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/sudo: a password is required/);
    expect(await pair.inForce()).toEqual(before);
    await pair.succeed("nginx-b", "echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin");
    expect((await asAdmin()).exitCode).toBe(0);
    await pair.mustUp();
    await pair.untilHealthy();
    expect(await pair.inForce()).toEqual(before);
  });
});
