import { describe, expect, it } from "vitest";
import type { StatusReport } from "../../../cli/status/report";
import { nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "../pair/subject";
import { nginxHa, printed } from "./subject";

async function status(): Promise<{ report: StatusReport; exitCode: number }> {
  const result = await nginxHa("status", "--json");
  return { report: printed<StatusReport>("status", result), exitCode: result.exitCode };
}
const kinds = ({ problems }: StatusReport): string[] =>
  problems.map(({ kind, node }) => `${kind} ${node ?? ""}`.trim());

describe("status", () => {
  it("healthy", async () => {
    const { report, exitCode } = await status();
    expect(report).toMatchObject({ verdict: "healthy", holder: await pair.holder(), problems: [] });
    expect(exitCode).toBe(0);
  });

  it("nginx dead on the standby", async () => {
    const standby = peerOf(await pair.holder());
    await pair.succeed(standby, "systemctl stop nginx");
    try {
      const { report, exitCode } = await status();
      expect(kinds(report)).toContain(`nginx-down ${standby}`);
      expect(report.verdict).toBe("degraded");
      expect(exitCode).toBe(1);
    } finally {
      await pair.succeed(standby, "systemctl start nginx");
    }
    await pair.untilHealthy();
  });

  it("configuration behind", async () => {
    const standby = peerOf(await pair.holder());
    const file = "$(readlink -f /etc/nginx/nginx.conf)";
    await pair.succeed(
      standby,
      `cp ${file} /root/kept; sed -i 's/return 200 "[0-9a-f]*/return 200 "0ld/' ${file}; nginx -s reload`,
    );
    try {
      const { report, exitCode } = await status();
      expect(kinds(report)).toEqual([`config-differs ${standby}`]);
      expect(report.nodes.find(({ name }) => name === standby)?.config).toBe("differs");
      expect(exitCode).toBe(1);
      const refused = await nginxHa("switchover", "--yes", "--json");
      expect(printed("switchover", refused)).toMatchObject({
        moved: false,
        why: `${standby}: config differs (--force moves it all the same)`,
      });
      expect(refused.exitCode).toBe(1);
    } finally {
      await pair.succeed(standby, `cp /root/kept ${file}; nginx -s reload`);
    }
    await pair.untilHealthy();
  });

  it("two holders: the first line", async () => {
    const standby = peerOf(await pair.holder());
    await pair.succeed(standby, `ip address add ${pair.vip}/32 dev eth0`);
    try {
      const { stdout, exitCode } = await nginxHa("status");
      expect(stdout.split("\n")[0]).toBe(`# two nodes hold the VIP: ${nodeNames.join(" and ")}`);
      expect(exitCode).toBe(1);
    } finally {
      await pair.succeed(standby, `ip address del ${pair.vip}/32 dev eth0`);
    }
    await pair.untilHealthy();
  });

  it("one node off, which nobody waits for", async () => {
    const standby = peerOf(await pair.holder());
    await pair.power("cut", standby);
    try {
      const { report, exitCode } = await status();
      expect(kinds(report)).toEqual([`node-unreachable ${standby}`]);
      expect(report.nodes.find(({ name }) => name === standby)).toMatchObject({ reached: false, vrrp: "-" });
      expect(exitCode).toBe(1);
      const { stdout, exitCode: refused } = await nginxHa("switchover", "--yes", "--force");
      expect(stdout).toContain(`The VIP did not move: ${standby} does not answer`);
      expect(refused).toBe(1);
      const said = `${standby}: does not answer`;
      for (const argv of [
        ["drill", "nginx-kill", "--yes"],
        ["upgrade", "--yes"],
      ]) {
        const result = await nginxHa(...argv);
        expect(result.stderr, argv[0]).toContain(argv[0] === "drill" ? said : `${standby} does not say`);
        expect(result.exitCode, argv[0]).toBe(2);
      }
      const logs = await nginxHa("logs", "--since", "-1min");
      expect(logs.stderr).toContain(`# ${standby}: `);
      expect(logs.exitCode).toBe(1);
    } finally {
      await pair.power("restore", standby);
    }
    await pair.untilHealthy();
  });

  it("both nodes off: unknown", async () => {
    await Promise.all(nodeNames.map((name) => pair.power("cut", name)));
    try {
      const { report, exitCode } = await status();
      expect(report).toMatchObject({ verdict: "unknown" });
      expect(exitCode).toBe(2);
      const moved = await nginxHa("switchover", "--yes");
      expect(moved.stdout).toContain("nobody is seen to hold the VIP: there is nothing to move");
      const publish = await nginxHa("publish");
      expect(publish.stderr).toContain("Nobody is seen to hold the VIP");
      const logs = await nginxHa("logs");
      expect(logs.stderr).toContain("error: No node told anything.");
      expect([moved, publish, logs].map((one) => one.exitCode)).toEqual([2, 2, 2]);
    } finally {
      await Promise.all(nodeNames.map((name) => pair.power("restore", name)));
    }
    await pair.untilHealthy();
  });
});
