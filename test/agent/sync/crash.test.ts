import { afterEach, describe, expect, it } from "vitest";
import { stackOf, TestPair } from "./pair";

let pair: TestPair;
afterEach(() => pair?.end());

/** How many steps each node passes in a publication that nobody interrupts. */
async function steps(work: (pair: TestPair) => Promise<unknown>): Promise<{ a: string[]; b: string[] }> {
  const dry = await ready();
  dry.a.live();
  dry.b.live();
  await work(dry);
  dry.end();
  return { a: [...dry.a.steps], b: [...dry.b.steps] };
}

const publications = {
  "an operator's edit": async ({ a }: TestPair) => {
    a.edit("x.conf", "edited");
    return a.up.publish();
  },
  "what pulumi up brought": ({ a }: TestPair) => a.up.publishStack(stackOf("second"), undefined),
  "a rollback": async ({ a }: TestPair) => a.up.rollback(undefined),
};

/** A pair that has something to go back to. */
async function ready(): Promise<TestPair> {
  const made = await new TestPair().start();
  made.a.edit("y.conf", "before");
  await made.a.up.publish();
  await made.settle(2);
  return made;
}

const whole = (one: TestPair["a"]): void => {
  const { head } = one.up.keeper.store.read(one.id);
  expect(one.served, `${one.name} serves its generation`).toBe(head.hash.slice(0, 12));
};

describe.each(Object.entries(publications))("%s, one node's process dying at each step", (what, publish) => {
  it.each([
    "a",
    "b",
  ] as const)("of %s: both end with the same, nothing acknowledged is lost", async (victim) => {
    const passed = (await steps(publish as (pair: TestPair) => Promise<unknown>))[victim];
    expect(passed.length).toBeGreaterThan(4);
    for (let step = 1; step <= passed.length; step++) {
      pair = await ready();
      const before = pair.a.id;
      pair[victim].dieAt(step);
      await pair.untilDead(() => publish(pair));
      const at = `${what}, ${victim} died at ${pair[victim].steps.at(-1)}`;
      expect(pair[victim].sync, at).toBeUndefined();
      const acknowledged = pair.a.sync?.keeper.store.acknowledged() ?? pair.b.up.keeper.store.acknowledged();
      await pair[victim].boot();
      whole(pair[victim]);
      await pair.settle();
      expect(pair.a.id, at).toBe(pair.b.id);
      expect(pair.a.up.keeper.store.acknowledged(), at).toBe(pair.a.id);
      for (const node of [pair.a, pair.b]) {
        whole(node);
        expect(node.up.alarms.all, at).toEqual([]);
        expect(node.up.keeper.store.history().length).toBeLessThanOrEqual(5);
      }
      // An edit is there still, and is picked up; a rollback that came to nothing is asked for again.
      if (what === "an operator's edit") expect(pair.a.site("x.conf"), at).toBe("edited");
      expect(pair.a.up.keeper.store.history(), `${at}: acknowledged is kept`).toContain(
        acknowledged ?? before,
      );
      pair.end();
    }
  }, 120_000);

  it("of the MASTER, which stays away while the other one takes over: it returns to what the other one serves", async () => {
    const passed = (await steps(publish as (pair: TestPair) => Promise<unknown>)).a;
    for (let step = 1; step <= passed.length; step++) {
      pair = await ready();
      pair.a.dieAt(step);
      await pair.untilDead(() => publish(pair));
      const at = `a died at ${pair.a.steps.at(-1)}`;
      pair.a.master = false;
      pair.b.master = true;
      const acknowledged = pair.b.up.keeper.store.acknowledged();
      // The survivor may publish meanwhile: what a accepted alone and nobody acknowledged loses against it.
      pair.b.edit("x.conf", "by b");
      await pair.b.up.publish();
      await pair.a.boot();
      await pair.settle();
      expect(pair.a.id, at).toBe(pair.b.id);
      expect(pair.a.site("x.conf"), at).toBe("by b");
      expect(pair.b.up.keeper.store.history(), at).toContain(acknowledged);
      whole(pair.a);
      whole(pair.b);
      pair.end();
    }
  }, 120_000);
});
