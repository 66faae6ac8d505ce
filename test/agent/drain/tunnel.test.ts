import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepare, undo } from "../../../agent/drain/part";
import type { DrainSettings } from "../../../node/drain/settings";
import { settings } from "./example";
import { Fake, kernel } from "./fake";

const direct: DrainSettings = {
  ...settings,
  tunnel: { address: "192.0.2.12", senior: false, answers: "directly" },
};
const doubled: DrainSettings = {
  ...settings,
  tunnel: { address: "192.0.2.12", senior: false, answers: "doubled" },
};
/** Behind an Elastic IP, which stands for another address on each node. */
const elastic: DrainSettings = {
  ...doubled,
  vip: "192.0.2.101",
  peer: { ...settings.peer, vip: "192.0.2.102" },
};
const modes: [string, DrainSettings][] = [
  ["overlayRoute", direct],
  ["secondaryPrivateIp", doubled],
  ["elasticIp", elastic],
];

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "nginx-ha-drain-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe.each(modes)("mode %s", (_, of) => {
  it.each(["keep", "detour"] as const)("%s opens the tunnel, and leaves nothing of it", (role) => {
    const on = new Fake();
    prepare(role, of, on, directory);
    expect({ done: on.done, inputs: on.inputs }).toMatchSnapshot();
    undo(role, on, directory);
    expect(on.values).toEqual(kernel());
    expect(on.done.filter((one) => one.startsWith("ip link del"))).toEqual(["ip link del nha-drain"]);
    expect(on.done.filter((one) => one.startsWith("nft delete"))).toHaveLength(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each(["keep", "detour"] as const)("%s says that the tunnel is left", (role) => {
    const on = new Fake();
    prepare(role, of, on, directory);
    on.failing = "ip link del";
    expect(() => undo(role, on, directory)).toThrow(/the tunnel nha-drain/);
    on.failing = undefined;
    undo(role, on, directory);
    expect(readdirSync(directory)).toEqual([]);
  });
});

it("keeps the VIP where an Elastic IP stands for an address that stays", () => {
  const on = new Fake();
  prepare("keep", elastic, on, directory);
  expect(on.done.filter((one) => one.endsWith(" lo"))).toEqual([]);
});

it("gives each end its own address", () => {
  const [one, other] = [true, false].map((senior) => {
    const on = new Fake();
    prepare(
      "keep",
      { ...elastic, tunnel: { ...elastic.tunnel, senior } as DrainSettings["tunnel"] },
      on,
      directory,
    );
    undo("keep", on, directory);
    return on.done.filter((line) => /^ip (address|neighbour)/.test(line)).map((line) => line.split(" ")[3]);
  });
  expect(one).toEqual(["169.254.78.1/30", "169.254.78.2"]);
  expect(other).toEqual(["169.254.78.2/30", "169.254.78.1"]);
});

it("filters no more strictly than loosely by the way back, and as before afterwards", () => {
  const on = new Fake();
  on.values["net/ipv4/conf/all/rp_filter"] = 1;
  prepare("keep", direct, on, directory);
  expect(on.values["net/ipv4/conf/all/rp_filter"]).toBe(2);
  undo("keep", on, directory);
  expect(on.values["net/ipv4/conf/all/rp_filter"]).toBe(1);
});
