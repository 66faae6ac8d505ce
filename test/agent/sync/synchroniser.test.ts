import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../../../agent/sync/head";
import { stackOf, TestPair } from "./pair";

let pair: TestPair;
beforeEach(async () => {
  pair = await new TestPair().start();
});
afterEach(() => pair.end());

const kinds = (name: "a" | "b"): string[] => pair.kinds(name);
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

  it("forget what one of them refused when something later is served", async () => {
    pair.b.chokes = /x/;
    pair.a.edit("x.conf", "x");
    await pair.a.up.publish();
    await pair.settle(2);
    expect(kinds("b")).toEqual(["refused"]);
    pair.a.edit("x.conf", "y");
    expect((await pair.a.up.publish()).acknowledged).toBe(true);
    await pair.settle(2);
    expect([kinds("a"), kinds("b")]).toEqual([[], []]);
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
    expect(() => pair.b.up.waiting.forStack("0".repeat(64), undefined, 0), "the node that waits").toThrow(
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
