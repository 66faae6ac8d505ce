import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../../../agent/sync/head";
import { stackOf, TestPair } from "./pair";

let pair: TestPair;
beforeEach(async () => {
  pair = await new TestPair().start();
});
afterEach(() => pair.end());

const kinds = (name: "a" | "b"): string[] => pair[name].up.alarms.all.map(({ kind }) => kind);
/** One look of a node at its peer and its directory. */
const look = (name: "a" | "b"): Promise<void> => pair[name].up.cycle();

describe("two nodes", () => {
  it("begin with the generation that the senior one makes", () => {
    expect(pair.a.id).toMatch(/^1-1-/);
    expect(pair.b.id).toBe(pair.a.id);
    expect(pair.b.up.confirmed).toBe(true);
  });

  it("serve what an operator changed on the MASTER, after two looks that found the same", async () => {
    pair.a.edit("x.conf", "half");
    await look("a");
    pair.a.edit("x.conf", "whole");
    await look("a");
    expect(pair.a.site("x.conf"), "still being written").toBeUndefined();
    await look("a");
    expect([pair.a.site("x.conf"), pair.b.site("x.conf")]).toEqual(["whole", "whole"]);
    expect(readFileSync(join(pair.b.home, "sites/x.conf"), "utf8"), "the other one's directory").toBe(
      "whole",
    );
    expect(pair.a.up.keeper.store.acknowledged()).toBe(pair.a.id);
  });

  it("publish at once when asked, on the MASTER only", async () => {
    pair.a.edit("x.conf", "now");
    const { made, acknowledged } = await pair.a.up.publish();
    expect([made, acknowledged, pair.b.site("x.conf")]).toEqual([true, true, "now"]);
    expect((await pair.a.up.publish()).made).toBe(false);
    pair.b.edit("x.conf", "elsewhere");
    await expect(pair.b.up.publish()).rejects.toThrow("b is not MASTER, and only the MASTER publishes");
  });

  it("change nothing when either one's test fails", async () => {
    const before = pair.a.id;
    pair.b.refuses = /only here/;
    pair.a.edit("x.conf", "only here");
    await expect(pair.a.up.publish()).rejects.toThrow("nginx -t says: firstonly here");
    pair.a.edit("x.conf", "broken");
    await expect(pair.a.up.publish()).rejects.toThrow("nginx -t says: firstbroken");
    expect([pair.a.id, pair.b.id]).toEqual([before, before]);
    expect(readdirSync(join(pair.a.home, "generations"))).toEqual([before]);
    await look("a");
    await look("a");
    expect(kinds("a")).toEqual(["refused"]);
    pair.a.edit("x.conf", "good");
    await look("a");
    await look("a");
    expect([kinds("a"), pair.b.site("x.conf")]).toEqual([[], "good"]);
  });

  it("switch back where nginx does not serve what it took", async () => {
    pair.a.edit("x.conf", "fine");
    await pair.a.up.publish();
    const before = pair.a.id;
    pair.a.chokes = /port in use/;
    pair.a.edit("x.conf", "port in use");
    await expect(pair.a.up.publish()).rejects.toThrow("does not serve 1-3-");
    expect([pair.a.id, pair.a.site("x.conf"), pair.b.id]).toEqual([before, "fine", before]);
    expect(pair.a.served).toBe(pair.b.served);
  });

  it.each([
    "journalled",
    "switched",
    "reloaded",
  ])("go back after a crash at the step %s when nginx does not serve the new one", async (step) => {
    const before = pair.a.id;
    pair.a.chokes = /port in use/;
    pair.a.edit("x.conf", "port in use");
    pair.a.dieAt(step);
    await pair.untilDead(() => pair.a.up.publish());
    expect(pair.a.sync).toBeUndefined();
    await pair.a.boot();
    expect([pair.a.id, pair.a.site("x.conf"), pair.a.served]).toEqual([before, undefined, pair.b.served]);
    expect(existsSync(join(pair.a.state, "journal"))).toBe(false);
  });

  it("tell that a generation is on one node only while the other one does not serve it", async () => {
    pair.b.chokes = /x/;
    pair.a.edit("x.conf", "x");
    const { acknowledged, peer } = await pair.a.up.publish();
    expect(acknowledged).toBe(false);
    expect(peer).toMatch(/nginx on b does not serve 1-2-\w+ after its reload; it was switched back/);
    await pair.settle(2);
    expect(kinds("b")).toEqual(["refused"]);
    pair.b.chokes = undefined;
    await pair.settle(2);
    expect([pair.b.id, kinds("b")]).toEqual([pair.a.id, []]);
  });

  it("go on alone when the peer is away, and bring it to the last of three", async () => {
    pair.b.sync = undefined;
    for (const text of ["one", "two", "three"]) {
      pair.a.edit("x.conf", text);
      expect((await pair.a.up.publish()).acknowledged).toBe(false);
    }
    await pair.a.up.cycle();
    expect(kinds("a")).toEqual([]);
    pair.time += 31_000;
    await pair.a.up.cycle();
    expect(kinds("a").sort()).toEqual(["peer-unreachable", "unacknowledged"]);
    await pair.b.boot();
    await look("b");
    expect(pair.b.site("x.conf")).toBe("three");
    await pair.settle(2);
    expect([kinds("a"), kinds("b"), pair.a.up.keeper.store.acknowledged()]).toEqual([[], [], pair.a.id]);
  });

  it("keep an operator's edits over the next up, and the other way round", async () => {
    pair.a.edit("x.conf", "operator");
    await pair.a.up.publish();
    pair.a.edit("y.conf", "not yet published");
    await pair.a.up.publishStack(stackOf("second"), undefined);
    expect(pair.b.site("x.conf")).toBe("operator");
    expect(pair.b.site("y.conf")).toBeUndefined();
    expect(readFileSync(join(pair.a.home, "sites/y.conf"), "utf8"), "left to be picked up").toBe(
      "not yet published",
    );
    expect(readFileSync(join(pair.b.home, "serving/nginx.conf"), "utf8")).toBe("second");
    await look("a");
    await look("a");
    expect(pair.b.site("y.conf")).toBe("not yet published");
  });
});

describe("the stack's part, amended", () => {
  const plus = (path: string) => (stack: ReadonlyMap<string, Buffer>) =>
    new Map([...stack, [path, Buffer.from(path)] as const]);
  const files = (name: "a" | "b") => readdirSync(join(pair[name].home, "serving"));

  it("keeps what is in it, by two changes at once, too", async () => {
    await Promise.all([pair.a.up.amend("x", plus("x.pem")), pair.a.up.amend("y", plus("y.pem"))]);
    for (const name of ["a", "b"] as const)
      expect(files(name)).toEqual(expect.arrayContaining(["nginx.conf", "x.pem", "y.pem"]));
    expect((await pair.a.up.amend("x", plus("x.pem"))).made, "it is served already").toBe(false);
  });

  it("is waited for on the node that is not MASTER, until it is there or was refused", async () => {
    const waits = (path: string, since: number) =>
      pair.b.up.waitsForPart(path, since, (stack) => stack.has(path));
    expect(waits("x.pem", pair.time)).toBe("waits");
    await pair.a.up.amend("x.pem", plus("x.pem"));
    expect(waits("x.pem", pair.time)).toMatchObject({ made: false, acknowledged: true });
    const since = pair.time;
    const broken = (stack: ReadonlyMap<string, Buffer>) =>
      new Map([...stack, ["nginx.conf", Buffer.from("broken")] as const]);
    await expect(pair.a.up.amend("y.pem", broken)).rejects.toThrow("nginx -t says: broken");
    await look("b");
    expect(() => waits("y.pem", since)).toThrow("nginx -t says: broken");
    expect(waits("y.pem", since + 60_000), "what was refused before").toBe("waits");
  });

  it("is the first one on a MASTER that has none, and the peer's where that has one", async () => {
    const alone = new TestPair();
    try {
      await alone.b.boot();
      alone.b.master = true;
      expect(await alone.b.up.amend("x", () => stackOf("made"))).toMatchObject({ made: true });
      await alone.a.boot();
      alone.b.master = false;
      alone.a.master = true;
      await alone.a.up.amend("x", plus("x.pem"));
      expect(readdirSync(join(alone.b.home, "serving"))).toEqual(
        expect.arrayContaining(["nginx.conf", "x.pem"]),
      );
    } finally {
      alone.end();
    }
  }, 60_000);
});

describe("a rollback", () => {
  it("makes an earlier generation the next one", async () => {
    pair.a.edit("x.conf", "one");
    await pair.a.up.publish();
    pair.a.edit("x.conf", "two");
    await pair.a.up.publish();
    const { head } = await pair.a.up.rollback(undefined);
    expect([head.number, pair.b.site("x.conf")]).toEqual([4, "one"]);
    expect(readFileSync(join(pair.a.home, "sites/x.conf"), "utf8")).toBe("one");
    await pair.a.up.rollback("1");
    expect(pair.b.site("x.conf")).toBeUndefined();
    await expect(pair.a.up.rollback("77")).rejects.toThrow("77 is no generation to go back to from 1-5-");
    await pair.settle(2);
    expect(kinds("a")).toEqual([]);
  });

  it("of the stack's part is undone by an up that says so only", async () => {
    await pair.a.up.publishStack(stackOf("second"), undefined);
    const { head } = await pair.a.up.rollback(undefined);
    const up = (text: string, accept?: string) => pair.a.up.publishStack(stackOf(text), accept);
    const id = pair.a.id;
    await expect(up("third")).rejects.toThrow(
      `a serves ${id}, and this up would undo the rollback 1-3; to do so, set sync.acceptOverride to 1-3`,
    );
    await expect(up("second")).rejects.toThrow("would undo the rollback");
    await expect(up("third", "1-2")).rejects.toThrow("would undo the rollback");
    expect(() => pair.b.up.waitsFor("0".repeat(64), undefined, 0), "the node that waits").toThrow(
      "would undo the rollback",
    );
    // An operator's edit leaves the stack's part overridden, and the rollback is the same one.
    pair.a.edit("x.conf", "edit");
    await pair.a.up.publish();
    await expect(up("third")).rejects.toThrow("would undo the rollback 1-3;");
    await up("third", idOf(head));
    expect(readFileSync(join(pair.b.home, "serving/nginx.conf"), "utf8")).toBe("third");
    await up("fourth");
  });

  it("stays possible to the last five, and never to more", async () => {
    for (let i = 0; i < 9; i++) {
      pair.a.edit("x.conf", `${i}`);
      await pair.a.up.publish();
    }
    for (const name of ["a", "b"] as const) {
      expect(pair[name].up.keeper.store.history()).toHaveLength(5);
      expect(readdirSync(join(pair[name].home, "generations"))).toHaveLength(5);
    }
  });
});

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

describe("publications on both sides of a partition", () => {
  const split = async (): Promise<void> => {
    pair.connected = false;
    pair.b.master = true;
    pair.a.edit("x.conf", "by a");
    await pair.a.up.publish();
    pair.b.edit("x.conf", "by b");
    await pair.b.up.publish();
    pair.b.edit("x.conf", "by b again");
    await pair.b.up.publish();
  };

  it.each([
    "a",
    "b",
  ] as const)("end with those of %s when it is MASTER then, the other's kept and alarmed", async (winner) => {
    await split();
    const loser = winner === "a" ? "b" : "a";
    const lost = pair[loser].id;
    pair[loser].master = false;
    pair.connected = true;
    await pair.settle();
    expect(pair.a.id).toBe(pair.b.id);
    expect(pair.b.site("x.conf")).toBe(winner === "a" ? "by a" : "by b again");
    expect(readdirSync(join(pair[loser].home, "conflicts"))).toEqual([lost]);
    expect([kinds(loser), kinds(winner)]).toEqual([["conflict"], []]);
    expect(pair.a.up.keeper.store.acknowledged()).toBe(pair.a.id);
  });

  it("end with the senior's while both are MASTER, and the same whoever looks first", async () => {
    await split();
    pair.connected = true;
    await look("b");
    await pair.settle();
    expect([pair.a.id, pair.a.site("x.conf")]).toEqual([pair.b.id, "by a"]);
  });

  it("end with the later one when both boot and nobody is MASTER", async () => {
    await split();
    pair.a.master = false;
    pair.b.master = false;
    pair.connected = true;
    await pair.settle();
    expect([pair.a.id, pair.a.site("x.conf")]).toEqual([pair.b.id, "by b again"]);
  });
});

describe("both down", () => {
  it("the older one first: it serves, and takes the later one when the peer is back", async () => {
    pair.b.sync = undefined;
    pair.a.edit("x.conf", "later");
    await pair.a.up.publish();
    const later = pair.a.id;
    pair.a.sync = undefined;
    pair.a.master = false;
    await pair.b.boot();
    pair.b.master = true;
    await look("b");
    expect([pair.b.up.confirmed, pair.b.site("x.conf")]).toEqual([false, undefined]);
    await pair.a.boot();
    await pair.settle();
    expect([pair.a.id, pair.b.id]).toEqual([later, later]);
    expect([kinds("a"), kinds("b")]).toEqual([[], []]);
  });

  it("together: each has what the other has before either is MASTER", async () => {
    pair.b.sync = undefined;
    pair.a.edit("x.conf", "later");
    await pair.a.up.publish();
    pair.a.master = false;
    await pair.a.boot();
    await pair.b.boot();
    await Promise.all([look("a"), look("b")]);
    expect([pair.a.up.confirmed, pair.b.up.confirmed, pair.b.site("x.conf")]).toEqual([true, true, "later"]);
  });
});

describe("trouble with disks", () => {
  it("of the peer holds up no publication, and heals by itself", async () => {
    pair.b.full = true;
    pair.a.edit("x.conf", "x");
    const { acknowledged, peer } = await pair.a.up.publish();
    expect([acknowledged, peer]).toEqual([false, "ENOSPC: no space left on device"]);
    await look("b");
    expect(kinds("b")).toEqual(["storage"]);
    pair.b.full = false;
    await pair.settle(2);
    expect([pair.b.id, kinds("b")]).toEqual([pair.a.id, []]);
  });

  it("of the MASTER changes nothing", async () => {
    const before = pair.a.id;
    pair.a.full = true;
    pair.a.edit("x.conf", "x");
    await expect(pair.a.up.publish()).rejects.toThrow("ENOSPC");
    expect([pair.a.id, pair.b.id]).toEqual([before, before]);
    expect(readdirSync(join(pair.a.home, "generations"))).toEqual([before]);
  });

  it.each(["a", "b"] as const)("that change what %s serves are mended from the peer", async (name) => {
    const file = join(pair[name].home, "generations", pair[name].id, "nginx.conf");
    writeFileSync(file, "by hand");
    pair.time += 120_000;
    await look(name);
    expect(readFileSync(file, "utf8")).toBe("first");
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

  it("by an editor beside the files is left out", async () => {
    for (const name of [".x.conf.swp", "x.conf~", "#x.conf#", "x.conf.dpkg-old"]) pair.a.edit(name, "draft");
    pair.a.edit("x.conf", "x");
    await pair.a.up.publish();
    expect(readdirSync(join(pair.b.home, "serving/sites"))).toEqual(["x.conf"]);
  });

  it("may be five megabytes", async () => {
    pair.a.edit("big.inc", "#".repeat(5 * 1024 * 1024));
    expect((await pair.a.up.publish()).acknowledged).toBe(true);
    expect(pair.b.site("big.inc")).toHaveLength(5 * 1024 * 1024);
  });
});

describe("the peer", () => {
  it("is refused what is not what its hash says, what is older, and what leads out of its directory", async () => {
    pair.a.edit("x.conf", "x");
    await pair.a.up.publish();
    const { answers, keeper } = pair.b.up;
    const { head, parts } = keeper.store.read(pair.b.id);
    const next = { ...head, number: head.number + 1, lineage: [[1, 1, head.number + 1] as const] };
    const other = { ...parts, sites: new Map([["x.conf", Buffer.from("y")]]) };
    await expect(answers.prepare({ head: next, parts: other })).rejects.toThrow("is not what its hash says");
    const older = keeper.store.history()[1] as string;
    await expect(answers.prepare(keeper.store.read(older))).rejects.toThrow(`b does not follow ${older}`);
    await expect(answers.commit(older)).rejects.toThrow(`b does not follow ${older}`);
    await expect(answers.commit("../../x")).rejects.toThrow("was not prepared");
    await expect(answers.fetch("../../../etc")).rejects.toThrow("no id of a generation");
  });
});
