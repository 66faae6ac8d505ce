import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { argumentsWhile } from "./arguments";
import { pair } from "./subject";

const clone = join(__dirname, "../../..");

describe("pulumi up", () => {
  it("makes a healthy pair, the first node MASTER", async () => {
    pair.arguments += await argumentsWhile(() => pair.mustUp());
    await pair.untilHealthy();
    expect(await pair.holder()).toBe("nginx-a");
    const { prefix, vip } = pair.plan.subnet;
    expect(await pair.outputs()).toEqual({
      inventory: "[secret]",
      vip,
      url: `http://${vip}/`,
      nodes: [
        { name: "nginx-a", address: `${prefix}.11`, zone: "rack-1" },
        { name: "nginx-b", address: `${prefix}.12`, zone: "rack-2" },
      ],
    });
  });

  it("does nothing the second time", async () => {
    const text = await pair.mustUp("--expect-no-changes");
    expect(text).toMatch(/unchanged/);
    const { exitCode } = await pair.pulumi("preview", "--expect-no-changes");
    expect(exitCode).toBe(0);
  });

  it.each([
    "nginx-a",
    "nginx-b",
  ])("the golden files of %s pass the real nginx -t, keepalived -t and nft", async (name) => {
    const golden = (path: string): string => readFileSync(join(clone, "test/golden", name, path), "utf8");
    const check = async (path: string, command: string): Promise<void> => {
      const result = await pair.sh("nginx-a", `cat >/tmp/golden && ${command}`, { stdin: golden(path) });
      expect(result.exitCode, `${command}: ${result.stderr}${result.stdout}`).toBe(0);
    };
    await check("nginx/nginx.conf", "ln -sf /etc/nginx/generation.conf /tmp/ && nginx -t -c /tmp/golden");
    await check("keepalived/keepalived.conf", "keepalived -t -f /tmp/golden");
    await check("network/firewall.nft", "nft --check --file /tmp/golden");
    for (const unit of [
      "nginx.service.d/nginx-ha.conf",
      "keepalived.service.d/nginx-ha.conf",
      "nginx-ha-firewall.service",
    ]) {
      expect(golden(`systemd/${unit}`)).toBe(
        await pair.succeed("nginx-a", `cat /etc/systemd/system/${unit}; echo`).then((t) => `${t}\n`),
      );
    }
    const units = "nginx.service keepalived.service nginx-ha-firewall.service";
    expect(
      await pair.succeed("nginx-a", `systemd-analyze verify ${units} 2>&1 | grep -i nginx-ha || true`),
    ).toBe("");
  });
});
