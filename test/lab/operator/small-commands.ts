import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "../pair/subject";
import { newPackage, noPackage } from "./package";
import { nginxHa, printed } from "./subject";

describe("logs", () => {
  it("tells of both nodes in one order", async () => {
    const { stdout, exitCode } = await nginxHa("logs", "--unit", "keepalived", "--since", "-2h");
    for (const name of nodeNames) expect(stdout).toContain(`${name} 20`);
    const times = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "");
    expect(times).toEqual([...times].sort());
    expect(exitCode).toBe(0);
  });
});

describe("ssh", () => {
  it("passes a command's output and exit code on", async () => {
    const { stdout, exitCode } = await nginxHa("ssh", "nginx-b", "--", "sh", "-c", "'hostname; exit 7'");
    expect(stdout.trim()).toBe("nginx-b");
    expect(exitCode).toBe(7);
  });
});

describe("upgrade", () => {
  it("updates the standby, moves the VIP, updates the other one; nobody is refused", async () => {
    await pair.untilHealthy();
    for (const name of nodeNames) await pair.succeed(name, newPackage);
    try {
      const holder = await pair.holder();
      const check = await nginxHa("upgrade", "--check", "--json");
      expect(printed<{ packages: unknown[] }>("upgrade", check).packages).toEqual(
        expect.arrayContaining(
          nodeNames.map((node) => ({ node, name: "nginx-ha-example", from: "1", to: "2" })),
        ),
      );
      expect(check.exitCode).toBe(1);
      const result = await nginxHa("upgrade", "--yes", "--json");
      expect(result.stderr).not.toContain("error");
      const told = printed<{ upgraded: string[]; gapMs: number; failed: number }>("upgrade", result);
      expect(told.upgraded).toEqual([holder === "nginx-a" ? "nginx-b" : "nginx-a", holder]);
      expect(told.gapMs).toBeLessThan(1000);
      expect(told.failed).toBe(0);
      expect(await pair.holder()).not.toBe(holder);
      for (const name of nodeNames)
        expect(await pair.succeed(name, "dpkg-query --show nginx-ha-example")).toBe("nginx-ha-example\t2");
    } finally {
      for (const name of nodeNames) await pair.succeed(name, noPackage);
    }
    await pair.untilHealthy();
  });
});
