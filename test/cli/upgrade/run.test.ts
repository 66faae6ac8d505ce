import { expect, it, vi } from "vitest";
import type { Remote } from "../../../cli/ssh";
import { reportOf } from "../../../cli/status/report";
import { upgradeBoth } from "../../../cli/upgrade/run";
import type { Inventory } from "../../../config/inventory";
import { backup, master, pair } from "../status/example";

it("changes nothing while a node keeps connections from the last move", async () => {
  const DRAIN = { role: "keep", phase: "draining", connections: 12, secondsLeft: 43 } as const;
  const report = reportOf(pair(master, { ...backup, DRAIN }));
  const run = vi.fn();
  const remotes = report.nodes.map(({ name }) => ({ name, run, start: run }) as Remote);
  const news = new Map(remotes.map(({ name }) => [name, [{ name: "nginx", from: "1", to: "2" }]]));
  const waiting = { signal: new AbortController().signal, progress: () => {}, over: () => {} };
  const settings = { limitS: 1, url: "", vantage: { prefix: [] }, held: 0, where: "" };
  const upgrading = { inventory: {} as Inventory, remotes, news, settings, waiting, say: () => {} };
  await expect(upgradeBoth(upgrading, async () => report)).rejects.toThrow(
    "The last move is not over: nginx-b keeps 12 established connections for 43 s at most.",
  );
  expect(run).not.toHaveBeenCalled();
});

it("says how far it came when it is interrupted", async () => {
  const report = reportOf(pair(master, backup));
  const interrupt = new AbortController();
  const remotes = report.nodes.map(
    ({ name }) =>
      ({
        name,
        async run() {
          interrupt.abort();
          return { exitCode: 0, stdout: "", stderr: "" };
        },
      }) as unknown as Remote,
  );
  const news = new Map(remotes.map(({ name }) => [name, [{ name: "nginx", from: "1", to: "2" }]]));
  const waiting = { signal: interrupt.signal, progress: () => {}, over: () => {} };
  const settings = { limitS: 1, url: "", vantage: { prefix: [] }, held: 0, where: "" };
  const upgrading = { inventory: {} as Inventory, remotes, news, settings, waiting, say: () => {} };
  await expect(upgradeBoth(upgrading, async () => report)).rejects.toThrow(
    "Interrupted: nginx-b is upgraded, nginx-a serves as before.",
  );
});
