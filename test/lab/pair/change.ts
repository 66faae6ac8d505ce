import { describe, expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { pair, peerOf } from "./subject";

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
    const probes = await probeWhile(throughVip(pair.plan), async () => {
      text = await pair.withConfig(["nginx", "routes"], routes, () => pair.mustUp());
    });
    expect(failures(probes), `of ${probes.length} requests`).toBe("");
    if (holder === "nginx-a") expect(text).toContain("nginx-a: is MASTER; the other node goes first");
    const after = await pair.reports();
    for (const name of nodeNames) expect(after[name]?.CONFIG).not.toBe(before[name]?.CONFIG);
    expect(after["nginx-a"]?.CONFIG).toBe(after["nginx-b"]?.CONFIG);
    expect(await pair.holder(), "the VIP stays").toBe(holder);
    await pair.mustUp();
    expect(await pair.reports()).toMatchObject({ [holder]: { CONFIG: before[holder]?.CONFIG } });
  });

  it("is refused when one node's test fails, with both nodes serving the old one", async () => {
    const before = await pair.inForce();
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
    expect(await pair.inForce()).toEqual(before);
    await pair.mustUp();
    expect(await pair.inForce()).toEqual(before);
  });

  const timeout = ["nginx", "routes", 0, "readTimeout"];

  it("fails when the nodes do not hear each other, says what to let pass, and is mended by the next up", async () => {
    const before = await pair.reports();
    // Both ways: deafening one alone moves the VIP to it when it has the higher priority.
    const chain = (hook: string): string =>
      `chain ${hook} { type filter hook ${hook} priority 0; meta l4proto 112 drop; }`;
    await pair.succeed("nginx-b", `nft 'table inet firewall { ${chain("input")} ; ${chain("output")} ; }'`);
    try {
      const { exitCode, text } = await pair.withConfig(timeout, 63, () => pair.up());
      expect(exitCode).not.toBe(0);
      const [a, b] = nodeNames.map((name) => pair.machine(name).address);
      expect(text).toContain(
        `nginx-a: both nodes are MASTER: they do not hear each other; let IP protocol 112 (VRRP) pass between ${a} and ${b} on both`,
      );
    } finally {
      await pair.succeed("nginx-b", "nft delete table inet firewall");
    }
    await pair.mustUp();
    await pair.untilHealthy();
    expect((await pair.reports())["nginx-a"]?.CONFIG).toBe(before["nginx-a"]?.CONFIG);
  });

  it("reaches a node that an interrupted activation or an edit by hand left behind", async () => {
    const holder = await pair.holder();
    const standby = peerOf(holder);
    const before = await pair.configs();
    // Another release, to be left behind with.
    await pair.withConfig(["sync", "interval"], 9, () => pair.mustUp());
    await pair.mustUp();
    // As after a run that was killed between the switch and its proof: another release is served than is known.
    const release = "/etc/nginx-ha/releases";
    await pair.succeed(
      standby,
      `old=$(ls -t ${release} | grep -vx "$(cat /var/lib/nginx-ha/applied)" | head -n 1) && [ -n "$old" ] && touch /var/lib/nginx-ha/unsure && ln -sfn releases/$old /etc/nginx-ha/current`,
    );
    await pair.succeed(
      holder,
      "sed -i 's/server_tokens off/server_tokens on/' $(readlink -f /etc/nginx/nginx.conf)",
    );
    await pair.withConfig(timeout, 64, () => pair.mustUp());
    await pair.mustUp();
    expect(await pair.configs()).toEqual(before);
    for (const name of nodeNames) {
      expect(await pair.succeed(name, "grep -c 'server_tokens off' /etc/nginx/nginx.conf")).toBe("1");
      expect(await pair.succeed(name, "ls /var/lib/nginx-ha/unsure 2>&1 || true")).toContain("No such file");
    }
  });

  it("keeps the VRRP filter when the machine's own firewall is restarted", async () => {
    await pair.succeed("nginx-b", "systemctl enable --now --quiet nftables && systemctl restart nftables");
    const rules = async () =>
      (await pair.sh("nginx-b", "nft list table inet nginx_ha")).stdout.includes("drop");
    await waitFor("the rules to come back after nftables.service flushed them", 10_000, rules, 100);
    await pair.succeed(
      "nginx-b",
      "systemctl disable --now --quiet nftables; systemctl restart nginx-ha-firewall",
    );
  });
});
