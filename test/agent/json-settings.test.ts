import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSettings } from "../../agent/settings";
import { readSyncSettings } from "../../agent/sync/settings";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nginx-ha-settings-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function written(text: string): string {
  const path = join(root, "some.json");
  writeFileSync(path, text);
  return path;
}
const agent = {
  ...{ node: "nginx-a", anchor: "169.254.77.51", vip: "192.0.2.100", healthName: "health.internal" },
  ...{ advertInterval: 1, peer: { address: "192.0.2.12" } },
};
const claim = { mode: "arp", address: "192.0.2.100/24", interface: "eth0" };

it("is what was written", () => {
  const whole = { ...agent, claim };
  expect(readSettings(written(JSON.stringify(whole)))).toEqual(whole);
});

it.each([
  ["{", / cannot be read \(.*JSON.*\); run pulumi up again$/],
  [JSON.stringify({ ...agent, claim, vip: "" }), ": vip is missing; run pulumi up again"],
  [JSON.stringify({ ...agent, claim: { ...claim, interface: undefined } }), ": interface is missing;"],
  [JSON.stringify({ ...agent, claim: { mode: "bgp" } }), ": claim.mode is bgp; run pulumi up again"],
])("%s is no settings of the agent", (text, message) => {
  expect(() => readSettings(written(text))).toThrow(message);
});

it("names the file and the first thing that is missing", () => {
  expect(() => readSyncSettings(join(root, "none.json"))).toThrow(
    /none\.json cannot be read \(ENOENT.*\); run pulumi up again$/,
  );
  const path = written('{"node":"nginx-a"}');
  expect(() => readSyncSettings(path)).toThrow(`${path}: peer is missing; run pulumi up again`);
});
