import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { configuration } from "../../../agent/sync/generation";
import { Watched } from "../../../agent/sync/watched";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-watched-"));
});
afterEach(() => rmSync(home, { recursive: true }));

it("leaves what it does not look at where it is when the directory is replaced", () => {
  const watched = new Watched(home, join(home, "state"), configuration);
  const at = (name: string): string => join(watched.path, name);
  mkdirSync(at(".git/objects"), { recursive: true });
  mkdirSync(at("parts"));
  mkdirSync(at("gone"));
  for (const name of [".git/HEAD", "x.conf", "x.conf~", "parts/a.inc", "parts/a.inc~", "gone/b.inc~"])
    writeFileSync(at(name), name);
  const tree = new Map([
    ["y.conf", Buffer.from("y")],
    ["parts/a.inc", Buffer.from("new")],
  ]);
  watched.replace(tree, false);
  for (const name of [".git/HEAD", "x.conf~", "parts/a.inc~"])
    expect(readFileSync(at(name), "utf8")).toBe(name);
  expect(existsSync(at(".git/objects"))).toBe(true);
  expect([existsSync(at("x.conf")), existsSync(at("gone"))]).toEqual([false, false]);
  expect(watched.read()).toEqual(tree);
});
