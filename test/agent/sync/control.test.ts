import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Controlled, control } from "../../../agent/sync/control";
import { stackOf, TestPair } from "./pair";

let pair: TestPair;
beforeEach(async () => {
  pair = await new TestPair().start();
});
afterEach(() => pair.end());

/** What `pulumi up` asks of the MASTER. */
function publishStack(text: string, limitS: number): ReturnType<ReturnType<typeof control>> {
  const controlled = {
    sync: pair.a.up,
    node: "a",
    isMaster: () => true,
    staged: () => stackOf(text),
    status: () => ({ peer: { name: "b", reachable: true }, alarms: [] }),
  } as unknown as Controlled;
  return control(controlled)(new URL(`http://sync/publish-stack?stack=${text}&limit=${limitS}`));
}

const damage = (): void => appendFileSync(join(pair.a.home, "serving", "nginx.conf"), "\n");

it("has what was damaged on the MASTER from the other node, when that can be asked again", async () => {
  damage();
  pair.connected = false;
  const published = publishStack("next", 30);
  await sleep(300);
  pair.connected = true;
  expect(await published).toMatchObject({ status: 200, line: expect.stringContaining("on both nodes") });
});

it("says why it could not, in the end, and refuses nothing", async () => {
  damage();
  pair.connected = false;
  expect(await publishStack("next", 0.3)).toMatchObject({
    status: 504,
    line: expect.stringMatching(
      /is not what its hash says;.* cannot be had from the other node: the peer cannot be asked; tried for 0\.3 s$/,
    ),
  });
  pair.connected = true;
  await pair.b.up.cycle();
  expect(pair.b.up.peer?.refusal).toBeUndefined();
});

it("does not wait for a peer that has it damaged, too", async () => {
  damage();
  appendFileSync(join(pair.b.home, "serving", "nginx.conf"), "\n");
  expect(await publishStack("next", 30)).toMatchObject({
    status: 409,
    line: expect.stringContaining("cannot be had from the other node"),
  });
});
