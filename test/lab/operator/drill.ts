import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { faultNames } from "../../../cli/drill/faults";
import type { DrillReport } from "../../../cli/report/verdict";
import { run } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "../pair/subject";
import { LAB, nginxHa, printed } from "./subject";

const clone = resolve(__dirname, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-drill-"));
const history = join(scratch, "all.jsonl");
const page = join(scratch, "all.html");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("drill", () => {
  it("of all faults ends with a verdict and a report", async () => {
    await pair.untilHealthy();
    const result = await nginxHa("drill", "--yes", "--json", "--history", history, "--html", page);
    const report = printed<DrillReport>("drill", result);
    expect(report.faults.map(({ fault }) => fault)).toEqual(faultNames);
    const rulings = Object.fromEntries(report.faults.map(({ fault, ruling }) => [fault, ruling]));
    const open = report.faults.flatMap(({ fault, checks }) =>
      checks.filter(({ ruling }) => ruling !== "valid").map(({ text }) => `${fault}: ${text}`),
    );
    expect(open).toEqual([]);
    expect(rulings).toEqual({
      ...Object.fromEntries(faultNames.map((name) => [name, "valid"])),
      "api-down": "skipped",
    });
    expect(result.exitCode).toBe(0);
  });

  it("its history can be judged and rendered again, and half of it is unknown", async () => {
    const again = await nginxHa("drill", "report", history, "--markdown", "-");
    expect(again.stdout).toContain("| nginx-kill |");
    expect(again.exitCode).toBe(0);
    const half = join(scratch, "half.jsonl");
    const text = readFileSync(history, "utf8");
    await run(["sh", "-c", `head -c ${Math.floor(text.length / 2)} ${history} >${half}`]);
    const cut = await nginxHa("drill", "report", half);
    expect(cut.stdout).toMatch(/edge: unknown, the history ends in the middle/);
    expect(cut.exitCode).toBe(2);
  });

  it.each(["light", "dark"])("its page is drawn by a browser, %s", async (theme) => {
    const picture = join(scratch, `${theme}.png`);
    const dark = theme === "dark" ? ["--blink-settings=preferredColorScheme=0"] : [];
    const argv = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--window-size=1040,900",
    ];
    await run(["chromium", ...argv, ...dark, `--screenshot=${picture}`, `file://${page}`]);
    // An empty page is a few kilobytes; a timeline has colours everywhere.
    expect(statSync(picture).size).toBeGreaterThan(40_000);
    const { stdout } = {
      stdout: await run(["chromium", "--headless", "--no-sandbox", "--dump-dom", `file://${page}`]),
    };
    expect(stdout.match(/<svg/g)?.length).toBe(2 * (faultNames.length - 1));
  });

  it("a pair whose keepalived does not watch nginx's track file gets a failing verdict", async () => {
    await pair.untilHealthy();
    const file = "$(readlink -f /etc/keepalived/keepalived.conf)";
    for (const name of nodeNames)
      await pair.succeed(
        name,
        `cp ${file} /root/kept.conf; sed -i '/^    track_file {/,/^    }/{/nginx/d}' ${file}; systemctl reload keepalived`,
      );
    try {
      const result = await nginxHa(
        "drill",
        "nginx-kill",
        "--yes",
        "--json",
        "--history",
        join(scratch, "broken.jsonl"),
      );
      const report = printed<DrillReport>("drill", result);
      expect(report.verdict).toBe("invalid");
      const invalid = report.faults[0]?.checks.filter(({ ruling }) => ruling === "invalid");
      expect(invalid?.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining(["I2", "I5"]));
      expect(result.exitCode).toBe(1);
    } finally {
      for (const name of nodeNames)
        await pair.succeed(name, `cp /root/kept.conf ${file}; systemctl reload keepalived`);
    }
    await pair.untilHealthy();
  });

  /** A drill that hangs nginx, until it has done so; the hanging node. */
  async function hanging(): Promise<{ child: ReturnType<typeof spawn>; holder: string }> {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const argv = [
      join(clone, "lab/operator.ts"),
      "drill",
      "partition",
      "--yes",
      "-s",
      "lab-hosts",
      "--history",
      join(scratch, "ended.jsonl"),
    ];
    const child = spawn(join(clone, "node_modules/.bin/node"), ["--import", "tsx", ...argv], {
      cwd: clone,
      env: { ...process.env, NGINX_HA_LAB: LAB },
      stdio: "ignore",
    });
    await waitFor(
      "the partition",
      60_000,
      async () => (await pair.sh(holder, "nft list table inet nginx_ha_drill")).exitCode === 0,
      50,
    );
    return { child, holder };
  }

  it("Ctrl-C undoes the fault in progress", async () => {
    const { child, holder } = await hanging();
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGINT");
    expect(await ended).toBe(2);
    expect((await pair.sh(holder, "nft list table inet nginx_ha_drill")).exitCode).not.toBe(0);
    expect((await pair.sh(holder, "systemctl is-active nginx-ha-drill-undo.timer")).stdout.trim()).toBe(
      "inactive",
    );
    await pair.untilHealthy();
  });

  it("a drill that is killed leaves an undo behind on the node", async () => {
    const { child, holder } = await hanging();
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
    expect((await pair.succeed(holder, "systemctl is-active nginx-ha-drill-undo.timer")).trim()).toBe(
      "active",
    );
    await waitFor(
      "the undo",
      120_000,
      async () => (await pair.sh(holder, "nft list table inet nginx_ha_drill")).exitCode !== 0,
      500,
    );
    await pair.untilHealthy();
  });
});
