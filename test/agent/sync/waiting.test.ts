import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stackOf, TestPair } from "./pair";

let pair: TestPair;
beforeEach(async () => {
  pair = await new TestPair().start();
});
afterEach(() => pair.end());

const look = (name: "a" | "b"): Promise<void> => pair[name].up.cycle();

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
      pair.b.up.waiting.forPart(path, (stack) => stack.has(path))(since);
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

  it("is read once for each generation, however often it is asked for", async () => {
    let reads = 0;
    const waits = pair.b.up.waiting.forPart("x.pem", (stack) => {
      reads++;
      return stack.has("x.pem");
    });
    for (let look = 0; look < 5; look++) expect(waits(pair.time)).toBe("waits");
    expect(reads).toBe(1);
    await pair.a.up.amend("x.pem", plus("x.pem"));
    expect([waits(pair.time), reads]).toEqual([expect.objectContaining({ made: false }), 2]);
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
