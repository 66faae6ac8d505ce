import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepare, undo } from "../../../agent/drain/part";
import type { DrainSettings } from "../../../node/drain/settings";
import { direct, elastic, modes, settings } from "./example";
import { Fake, kernel } from "./fake";

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
    expect(
      on.done.filter((one) => one.startsWith("nft delete")),
      "it stays filtered",
    ).toEqual([]);
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

it.each(["keep", "detour"] as const)("%s lets nothing come out of the tunnel unfiltered", (role) => {
  const on = new Fake();
  prepare(role, elastic, on, directory);
  undo(role, on, directory);
  const at = (start: string): number => on.done.findIndex((one) => one.startsWith(start));
  expect(at("nft -f")).toBeLessThan(at("ip link set nha-drain up"));
  expect(at("ip link del nha-drain")).toBeLessThan(at("nft delete"));
  expect(at("ip link set nha-drain up")).toBeGreaterThan(-1);
});

it.each([
  ["keep", "rp_filter"],
  ...["ip link add", "nft -f", "ip link set", "ip neighbour"].flatMap((failing) => [
    ["keep", failing],
    ["detour", failing],
  ]),
] as ["keep" | "detour", string][])("%s that fails at %s leaves nothing behind", (role, failing) => {
  const on = new Fake();
  on.failing = failing;
  expect(() => prepare(role, elastic, on, directory)).toThrow(/it fails|read-only/);
  on.failing = undefined;
  undo(role, on, directory);
  expect(on.values).toEqual(kernel());
  expect(readdirSync(directory)).toEqual([]);
});

it.each(["keep", "detour"] as const)("%s does without what a container may not set", (role) => {
  const on = new Fake();
  on.failing = "disable_ipv6";
  prepare(role, elastic, on, directory);
  expect(on.values["net/ipv6/conf/nha-drain/disable_ipv6"]).toBe(0);
  undo(role, on, directory);
  expect(readdirSync(directory)).toEqual([]);
});

it("takes back what a release wrote down that knew no other address of the VIP", () => {
  const on = new Fake();
  prepare("keep", settings, on, directory);
  const file = join(directory, "keep.json");
  const { settings: known, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(
    file,
    JSON.stringify({ ...rest, settings: { ...known, peer: { address: known.peer.address } } }),
  );
  undo("keep", on, directory);
  expect(on.done).toContain("ip address del 192.0.2.100/32 dev lo");
  expect(on.values).toEqual(kernel());
});
