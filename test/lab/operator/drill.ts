import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterAll, describe, expect, it } from "vitest";
import { faultNames } from "../../../cli/drill/faults";
import type { DrillReport } from "../../../cli/report/verdict";
import { run } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "../pair/subject";
import { begin, nginxHa, printed } from "./subject";

const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-drill-"));
const history = join(scratch, "all.jsonl");
const page = join(scratch, "all.html");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** How often each colour is in a picture, and which is in its corner: the page's own. */
function coloursOf(file: string): { corner: string; pixels: Map<string, number> } {
  const { data } = PNG.sync.read(readFileSync(file));
  const pixels = new Map<string, number>();
  const at = (index: number): string => `#${data.subarray(index, index + 3).toString("hex")}`;
  for (let index = 0; index < data.length; index += 4)
    pixels.set(at(index), (pixels.get(at(index)) ?? 0) + 1);
  return { corner: at(0), pixels };
}

describe("drill", () => {
  it("of all faults ends with a verdict and a report", async () => {
    await pair.untilHealthy();
    const result = await nginxHa("drill", "--yes", "--json", "--history", history, "--html", page);
    const report = printed<DrillReport>("drill", result);
    const rulings = Object.fromEntries(report.faults.map(({ fault, ruling }) => [fault, ruling]));
    const open = report.faults.flatMap(({ fault, checks }) =>
      checks.filter(({ ruling }) => ruling !== "valid").map(({ text }) => `${fault}: ${text}`),
    );
    expect({ why: report.why, open }).toEqual({ why: undefined, open: [] });
    expect(report.faults.map(({ fault }) => fault)).toEqual(faultNames);
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

  it.each([
    { theme: "light", background: "#ffffff", held: "#0969da" },
    { theme: "dark", background: "#0f151c", held: "#58a6ff" },
  ])("its page is drawn by a browser, $theme", async ({ theme, background, held }) => {
    const picture = join(scratch, `${theme}.png`);
    const dark = theme === "dark" ? ["--blink-settings=preferredColorScheme=0"] : [];
    const argv = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--window-size=1040,2400",
    ];
    await run(["chromium", ...argv, ...dark, `--screenshot=${picture}`, `file://${page}`]);
    const drawn = coloursOf(picture);
    expect(drawn.corner).toBe(background);
    // A bar of the timeline, and not only the legend's square of it.
    expect(drawn.pixels.get(held) ?? 0, "pixels of who had the VIP").toBeGreaterThan(1000);
    const dom = await run(["chromium", "--headless", "--no-sandbox", "--dump-dom", `file://${page}`]);
    expect(dom.match(/<svg/g)?.length).toBe(2 * (faultNames.length - 1));
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

  it("nodes that do not keep established connections get a failing verdict", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const unit = "nginx-ha-drain@detour.service";
    const peer = peerOf(holder);
    await pair.succeed(peer, `systemctl mask --runtime --quiet ${unit}`);
    try {
      const file = join(scratch, "cut.jsonl");
      const result = await nginxHa("drill", "nginx-restart", "--yes", "--json", "--history", file);
      const report = printed<DrillReport>("drill", result);
      const broken = report.faults[0]?.checks.filter(({ ruling }) => ruling !== "valid");
      expect(broken).toEqual([
        {
          invariant: "I6",
          ruling: "invalid",
          text: expect.stringMatching(/^[1-8] established connections of 8 were cut$/),
        },
      ]);
      expect(result.exitCode).toBe(1);
    } finally {
      await pair.succeed(peer, `systemctl unmask --runtime --quiet ${unit}`);
    }
    await pair.untilHealthy();
  });

  it("an undo that fails is a failing verdict", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const dropIn = "/run/systemd/system/nginx.service.d/broken.conf";
    await pair.succeed(
      holder,
      `mkdir -p $(dirname ${dropIn}); printf '[Service]\nExecStartPre=/bin/false\n' >${dropIn}; systemctl daemon-reload`,
    );
    try {
      const file = join(scratch, "stuck.jsonl");
      const result = await nginxHa("drill", "nginx-stop", "--yes", "--json", "--history", file);
      const report = printed<DrillReport>("drill", result);
      expect(report).toMatchObject({ verdict: "invalid", why: expect.stringContaining("was not undone") });
      expect(report.faults[0]?.checks).toContainEqual({
        invariant: "I4",
        ruling: "invalid",
        text: expect.stringMatching(/^not undone: on nginx-[ab]: /),
      });
      expect(result.exitCode).toBe(1);
      expect(await pair.succeed(holder, "systemctl is-active nginx-ha-drill-undo.timer")).toBe("active");
    } finally {
      await pair.succeed(
        holder,
        `rm ${dropIn}; systemctl daemon-reload; systemctl stop nginx-ha-drill-undo.timer; systemctl reset-failed; systemctl start nginx`,
      );
    }
    await pair.untilHealthy();
  });

  /** A drill that keeps the nodes from hearing each other, until it has done so; the node where it did. */
  async function parted(): Promise<ReturnType<typeof begin> & { holder: NodeName }> {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const begun = begin("drill", "partition", "--yes", "--history", join(scratch, "ended.jsonl"));
    await waitFor(
      "the partition",
      60_000,
      async () => (await pair.sh(holder, "nft list table inet nginx_ha_drill")).exitCode === 0,
      50,
    );
    return { ...begun, holder };
  }

  it("Ctrl-C undoes the fault in progress", async () => {
    const { child, ended, holder } = await parted();
    child.kill("SIGINT");
    expect((await ended).exitCode).toBe(2);
    expect((await pair.sh(holder, "nft list table inet nginx_ha_drill")).exitCode).not.toBe(0);
    expect((await pair.sh(holder, "systemctl is-active nginx-ha-drill-undo.timer")).stdout.trim()).toBe(
      "inactive",
    );
    await pair.untilHealthy();
  });

  it("a drill that is killed leaves an undo behind on the node", async () => {
    const { child, ended, holder } = await parted();
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
