import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { configuration } from "../../../agent/sync/generation";
import { Watched } from "../../../agent/sync/watched";
import { treeHash } from "../../../node/sync/tree-hash";

let home: string;
let watched: Watched;
const open = (): Watched => new Watched(home, join(home, "state"), configuration);
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-watched-"));
  watched = open();
});
afterEach(() => rmSync(home, { recursive: true }));

const tree = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
const at = (name: string): string => join(watched.path, name);

it("leaves what it does not look at where it is when the directory is replaced", () => {
  mkdirSync(at(".git/objects"), { recursive: true });
  mkdirSync(at("parts"));
  mkdirSync(at("gone"));
  for (const name of [".git/HEAD", "x.conf", "x.conf~", "parts/a.inc", "parts/a.inc~", "gone/b.inc~"])
    writeFileSync(at(name), name);
  const next = tree({ "y.conf": "y", "parts/a.inc": "new" });
  watched.replace(next);
  for (const name of [".git/HEAD", "x.conf~", "parts/a.inc~"])
    expect(readFileSync(at(name), "utf8")).toBe(name);
  expect(existsSync(at(".git/objects"))).toBe(true);
  expect([existsSync(at("x.conf")), existsSync(at("gone"))]).toEqual([false, false]);
  expect(watched.read()).toEqual(next);
});

it("keeps an edit that was made after it looked, and nothing that it wrote itself", () => {
  const site = (text: string) => tree({ "x.conf": text });
  watched.replace(site("first"));
  expect(watched.standing(watched.read(), "of a later generation")).toBe("behind");
  expect(watched.replace(site("second"))).toBeUndefined();
  expect(watched.standing(watched.read(), "of a later generation")).toBe("behind");
  writeFileSync(at("x.conf"), "in the last moment");
  const kept = watched.replace(site("third"));
  expect(kept).toBe(join(home, "drift/1"));
  expect(readFileSync(join(kept as string, "x.conf"), "utf8")).toBe("in the last moment");
  expect(readFileSync(at("x.conf"), "utf8")).toBe("third");
});

it("loses no edit when a run ended in the middle of replacing it", () => {
  watched.replace(tree({ "x.conf": "first" }));
  writeFileSync(at("x.conf"), "edited");
  // As after the first of the two renames: the new directory is there, under another name.
  const [old, fresh] = [join(home, ".watched-old"), join(home, ".watched-new")];
  mkdirSync(fresh);
  writeFileSync(join(fresh, "x.conf"), "second");
  renameSync(watched.path, old);
  watched = open();
  expect(readFileSync(at("x.conf"), "utf8")).toBe("second");
  expect(readFileSync(join(home, "drift/1/x.conf"), "utf8")).toBe("edited");
  expect([existsSync(old), existsSync(fresh)]).toEqual([false, false]);
});

it("keeps the newest twenty copies", () => {
  for (let edit = 1; edit <= 23; edit++) {
    writeFileSync(at("x.conf"), `edit ${edit}`);
    watched.replace(tree({ "x.conf": `generation ${edit}` }));
  }
  const copies = readdirSync(join(home, "drift")).map(Number);
  expect([copies.length, Math.min(...copies), Math.max(...copies)]).toEqual([20, 4, 23]);
  expect(readFileSync(join(home, "drift/23/x.conf"), "utf8")).toBe("edit 23");
  expect(treeHash(watched.read())).toBe(treeHash(tree({ "x.conf": "generation 23" })));
});
