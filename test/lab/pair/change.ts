import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { judge } from "../../../lab/probe/history";
import { probeWhile } from "../../../lab/probe/probe";
import { pair } from "./subject";

describe("a changed configuration", () => {
  it("reaches both nodes, the standby first, without a failed request", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const before = await pair.reports();
    const routes = [
      { path: "/", pool: "backend_pool" },
      { path: "/slow/", pool: "backend_pool", readTimeout: 300 },
    ];
    let text = "";
    const probes = await probeWhile(pair.plan, async () => {
      text = await pair.withConfig(["nginx", "routes"], routes, () => pair.mustUp());
    });
    expect(judge(probes)).toMatchObject({ failed: 0 });
    if (holder === "nginx-a") expect(text).toContain("nginx-a: is MASTER; the other node goes first");
    const after = await pair.reports();
    for (const name of nodeNames) expect(after[name]?.CONFIG).not.toBe(before[name]?.CONFIG);
    expect(after["nginx-a"]?.CONFIG).toBe(after["nginx-b"]?.CONFIG);
    expect(await pair.holder(), "the VIP stays").toBe(holder);
    await pair.mustUp();
    expect(await pair.reports()).toMatchObject({ [holder]: { CONFIG: before[holder]?.CONFIG } });
  });

  it("is refused when one node's test fails, with both nodes serving the old one", async () => {
    const before = await pair.reports();
    // The name resolves on nginx-a only, so that the release is good there and bad on nginx-b.
    await pair.succeed("nginx-a", "echo 198.18.0.1 only-here.internal >>/etc/hosts");
    const server = { address: "only-here.internal" };
    const { exitCode, text } = await pair.withConfig(["nginx", "pools", 0, "servers", 0], server, () =>
      pair.up(),
    );
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(
      /nginx-b: release \w+ is refused and nothing was changed: nginx -t says: .*host not found in upstream "only-here.internal/,
    );
    expect(await pair.reports()).toEqual(before);
    await pair.mustUp();
    expect(await pair.reports()).toEqual(before);
  });
});
