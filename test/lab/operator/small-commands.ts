import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "../pair/subject";
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

/** A package of version 1 on both nodes, and version 2 in a place that apt knows. */
const newPackage = `set -e
mkdir -p /opt/repo && cd /opt/repo
for version in 1 2; do
  mkdir -p build/DEBIAN
  printf 'Package: nginx-ha-example\\nVersion: %s\\nArchitecture: all\\nMaintainer: nobody <nobody@example.net>\\nDescription: an example\\n' $version >build/DEBIAN/control
  dpkg-deb --build build example-$version.deb >/dev/null
done
dpkg --install example-1.deb >/dev/null
{ cat build/DEBIAN/control; echo Filename: ./example-2.deb; echo Size: $(stat -c %s example-2.deb)
  echo SHA256: $(sha256sum example-2.deb | cut -d' ' -f1); } >Packages
echo 'deb [trusted=yes] file:/opt/repo ./' >/etc/apt/sources.list.d/example.list`;

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
      for (const name of nodeNames)
        await pair.succeed(
          name,
          "dpkg --purge nginx-ha-example >/dev/null; rm -rf /opt/repo /etc/apt/sources.list.d/example.list",
        );
    }
    await pair.untilHealthy();
  });
});
