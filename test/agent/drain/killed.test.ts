import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { prepare, undo } from "../../../agent/drain/part";
import type { Role } from "../../../agent/drain/role";
import type { DrainSettings } from "../../../node/drain/settings";
import { dual, modes, settings } from "./example";
import { Fake, kernel } from "./fake";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "nginx-ha-drain-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const all = [["arp", settings], ["arp by IPv6, too", dual], ...modes] as [string, DrainSettings][];
const each = all.flatMap(([mode, of]) =>
  (["keep", "detour"] as const).map((role): [Role, string, DrainSettings] => [role, mode, of]),
);

/** What the machine has of a part, all in all. */
const shown = (on: Fake): string => on.output([]);

it.each(each)("%s in mode %s is taken back whole, wherever its program was killed", (role, _, of) => {
  const whole = new Fake();
  prepare(role, of, whole, directory);
  const steps = whole.done.length;
  undo(role, whole, directory);
  expect(steps).toBeGreaterThan(role === "keep" ? 2 : 0);
  for (let killedAt = 0; killedAt < steps; killedAt++) {
    const on = new Fake();
    const before = shown(on);
    on.left = killedAt;
    expect(() => prepare(role, of, on, directory), `step ${killedAt}`).toThrow("killed");
    on.left = Number.POSITIVE_INFINITY;
    undo(role, on, directory);
    expect(on.values, `settings after step ${killedAt}`).toEqual(kernel());
    expect(shown(on), `step ${killedAt}`).toBe(before);
    expect(readdirSync(directory)).toEqual([]);
  }
});

it.each(each)("%s in mode %s is taken back by a second try, wherever the first was killed", (role, _, of) => {
  const whole = new Fake();
  prepare(role, of, whole, directory);
  const begun = whole.done.length;
  undo(role, whole, directory);
  const steps = whole.done.length - begun;
  expect(steps).toBeGreaterThan(role === "keep" ? 1 : 0);
  for (let killedAt = 0; killedAt < steps; killedAt++) {
    const on = new Fake();
    const before = shown(on);
    prepare(role, of, on, directory);
    on.left = killedAt;
    try {
      undo(role, on, directory);
    } catch {
      // What it says then is another test's.
    }
    on.left = Number.POSITIVE_INFINITY;
    undo(role, on, directory);
    expect(on.values, `settings after step ${killedAt}`).toEqual(kernel());
    expect(shown(on), `step ${killedAt}`).toBe(before);
    expect(readdirSync(directory)).toEqual([]);
  }
});

it("leaves nothing of a record that a killed program had begun to write", () => {
  const on = new Fake();
  writeFileSync(join(directory, "keep.json.new"), '{"settings":');
  undo("keep", on, directory);
  expect(on.done).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

it.each([
  "status",
  "last",
])("leaves nothing of a half-written %s, but what another part is writing", (name) => {
  const on = new Fake();
  prepare("keep", settings, on, directory);
  writeFileSync(join(directory, `${name}.json.new`), '{"phase":');
  undo("detour", on, directory);
  expect(readdirSync(directory)).toEqual(["keep.json", `${name}.json.new`]);
  undo("keep", on, directory);
  expect(readdirSync(directory)).toEqual([]);
});
