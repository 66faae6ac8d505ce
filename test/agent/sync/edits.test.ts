import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestPair } from "./pair";

let pair: TestPair;
beforeEach(async () => {
  pair = await new TestPair().start();
});
afterEach(() => pair.end());

const kinds = (name: "a" | "b"): string[] => pair.kinds(name);
const look = (name: "a" | "b"): Promise<void> => pair[name].up.cycle();

describe("edits on the node that is not MASTER", () => {
  it("are replaced, with a copy kept and an alarm until it is gone", async () => {
    pair.a.edit("x.conf", "right");
    await pair.a.up.publish();
    pair.b.edit("x.conf", "wrong");
    pair.b.edit("sub/z.conf", "more");
    await look("b");
    expect(readFileSync(join(pair.b.home, "sites/x.conf"), "utf8")).toBe("right");
    expect(existsSync(join(pair.b.home, "sites/sub"))).toBe(false);
    expect(readFileSync(join(pair.b.home, "drift/1/sub/z.conf"), "utf8")).toBe("more");
    expect(kinds("b")).toEqual(["drift"]);
    expect(pair.a.site("x.conf")).toBe("right");
    execFileSync("rm", ["-r", join(pair.b.home, "drift/1")]);
    await look("b");
    expect(kinds("b")).toEqual([]);
  });

  it("are not published by a node that becomes MASTER with an old directory", async () => {
    pair.a.edit("x.conf", "new");
    await pair.a.up.publish();
    // As after a power cut between the switch and the copy: the directory is the one before, and so is the note of it.
    execFileSync("rm", [join(pair.b.home, "sites/x.conf")]);
    writeFileSync(
      join(pair.b.state, "sites"),
      readFileSync(join(pair.a.state, "sites"), "utf8").replace(/./, "f"),
    );
    pair.a.master = false;
    pair.b.master = true;
    const before = pair.b.id;
    await pair.settle(3);
    expect([pair.b.id, readFileSync(join(pair.b.home, "sites/x.conf"), "utf8")]).toEqual([before, "new"]);
  });
});

describe("what is put into the directory", () => {
  const put = (make: (directory: string) => void) => {
    make(join(pair.a.home, "sites"));
    return pair.a.up.publish();
  };

  it.each([
    [
      "a symbolic link out",
      (at: string) => symlinkSync("/etc/shadow", join(at, "x.conf")),
      /x.conf is a symbolic link; only regular files/,
    ],
    [
      "a symbolic link to a directory",
      (at: string) => symlinkSync("/etc", join(at, "etc")),
      /is a symbolic link/,
    ],
    ["a pipe", (at: string) => execFileSync("mkfifo", [join(at, "x.conf")]), /x.conf is no regular file/],
    [
      "a device",
      (at: string) => execFileSync("mknod", [join(at, "x.conf"), "c", "1", "3"]),
      /x.conf is no regular file/,
    ],
    [
      "a hard link",
      (at: string) => execFileSync("ln", [join(at, "../serving/nginx.conf"), join(at, "x.conf")]),
      /is a hard link to another file/,
    ],
    [
      "a name with a line break",
      (at: string) => writeFileSync(join(at, "x\n.conf"), ""),
      /"x\\n.conf" has a name that is not taken/,
    ],
    [
      "a name with quotes and dots",
      (at: string) => writeFileSync(join(at, 'x";..conf'), ""),
      /has a name that is not taken/,
    ],
    [
      "more than is taken",
      (at: string) => writeFileSync(join(at, "x.conf"), Buffer.alloc(17 * 1024 * 1024)),
      /holds more than 16 MB/,
    ],
    [
      "its own path",
      (at: string) => writeFileSync(join(at, "x.conf"), `include ${at}/y.inc;`),
      /names .*sites, which may change while nginx reads it/,
    ],
  ])("%s is refused, and nothing changes", async (_, make, message) => {
    const before = pair.a.id;
    await expect(put(make)).rejects.toThrow(message);
    expect([pair.a.id, pair.b.id]).toEqual([before, before]);
    await look("a");
    await look("a");
    expect(kinds("a")).toEqual(["refused"]);
  });

  it("is not published when it may not be, though the other node would take it", async () => {
    pair.a.edit("x.conf", "expired");
    pair.a.forbids = /expired/;
    await expect(pair.a.up.publish()).rejects.toThrow("x.conf is forbidden");
    pair.a.forbids = undefined;
    pair.b.forbids = /expired/;
    expect((await pair.a.up.publish()).acknowledged, "what is published is not judged again").toBe(true);
  });

  it("by an editor beside the files is left out", async () => {
    for (const name of [".x.conf.swp", "x.conf~", "#x.conf#", "x.conf.dpkg-old"]) pair.a.edit(name, "draft");
    pair.a.edit("x.conf", "x");
    await pair.a.up.publish();
    expect(readdirSync(join(pair.b.home, "serving/sites"))).toEqual(["x.conf"]);
  });

  it("may be two thousand files, and not one more", async () => {
    for (let file = 1; file <= 2000; file++) pair.a.edit(`parts/${file}.inc`, `${file}`);
    expect((await pair.a.up.publish()).acknowledged).toBe(true);
    expect(pair.b.site("parts/2000.inc")).toBe("2000");
    const before = pair.a.id;
    pair.a.edit("parts/2001.inc", "");
    await expect(pair.a.up.publish()).rejects.toThrow("sites has more than 2000 files; keep fewer there");
    expect([pair.a.id, pair.b.id]).toEqual([before, before]);
  });

  it("may be sixteen megabytes, and not one byte more", async () => {
    pair.a.edit("a.inc", "#".repeat(8 * 1024 * 1024));
    pair.a.edit("b.inc", "#".repeat(8 * 1024 * 1024));
    expect((await pair.a.up.publish()).acknowledged).toBe(true);
    expect(pair.b.site("b.inc")).toHaveLength(8 * 1024 * 1024);
    pair.a.edit("c.inc", "#");
    await expect(pair.a.up.publish()).rejects.toThrow("c.inc: the directory holds more than 16 MB");
  });

  it("may be five megabytes", async () => {
    pair.a.edit("big.inc", "#".repeat(5 * 1024 * 1024));
    expect((await pair.a.up.publish()).acknowledged).toBe(true);
    expect(pair.b.site("big.inc")).toHaveLength(5 * 1024 * 1024);
  });
});
