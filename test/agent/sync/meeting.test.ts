import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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
