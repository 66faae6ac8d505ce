import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { attempt } from "../../../lab/host/run";
import { pair } from "./subject";

const clone = join(__dirname, "../../..");

describe("the command line", () => {
  const tsx = join(clone, "node_modules/.bin/tsx");
  const command = (program: string, ...argv: string[]) =>
    attempt([tsx, join(clone, "lab", program), ...argv], {
      env: { NGINX_HA_LAB: "test", NO_COLOR: "1" },
    });

  it("status tells of a healthy pair, exit 0", async () => {
    await pair.untilHealthy();
    const { exitCode, stdout } = await command("main.ts", "status", "--on", "hosts");
    expect(stdout).toMatch(
      new RegExp(`^edge {3}VIP ${pair.vip} on nginx-[ab] {3}healthy\nNODE .*ADDRESS\nnginx-a .*\nnginx-b `),
    );
    expect(exitCode).toBe(0);
  });

  it("status of a lab that is not there says how to start it, exit 2", async () => {
    const { exitCode, stderr } = await command("main.ts", "--lab", "nowhere", "status");
    expect(stderr).toBe("error: There is no lab. Start it: npm run lab");
    expect(exitCode).toBe(2);
  });

  it("exec passes arguments and exit code through", async () => {
    const { exitCode, stdout } = await command(
      "main.ts",
      "exec",
      "--on",
      "hosts",
      "client",
      "--",
      "sh",
      "-c",
      'echo "$1"; exit 7',
      "-",
      "a b",
    );
    expect(stdout).toContain("a b");
    expect(exitCode).toBe(7);
  });

  it("pulumi works on the lab's stack and refuses any other", async () => {
    const shown = await command("pulumi.ts", "stack", "output", "vip", "--stack", "lab-hosts");
    expect(shown.stdout.trim()).toBe(pair.vip);
    const refused = await command("pulumi.ts", "preview", "--stack", "prod");
    expect(refused.stderr).toContain("The stack prod is not a lab's");
    expect(refused.stderr).toContain("run plain pulumi: pulumi preview --stack prod");
    expect(refused.exitCode).toBe(1);
  });
});
