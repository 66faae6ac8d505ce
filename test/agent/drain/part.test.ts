import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepare, undo } from "../../../agent/drain/part";
import { dual, settings } from "./example";
import { Fake, kernel } from "./fake";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "nginx-ha-drain-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("keep", () => {
  it("is silent for the VIP on the wire before it has it on the loopback device", () => {
    const on = new Fake();
    prepare("keep", settings, on, directory);
    expect(on.done).toEqual([
      "net/ipv4/conf/all/arp_ignore=1",
      "net/ipv4/conf/all/arp_announce=2",
      "ip address replace 192.0.2.100/32 dev lo",
    ]);
    on.done.length = 0;
    undo("keep", on, directory);
    expect(on.done).toEqual([
      "rm -f /run/nginx-ha/drain/closing",
      "ip address del 192.0.2.100/32 dev lo",
      "net/ipv4/conf/all/arp_ignore=0",
      "net/ipv4/conf/all/arp_announce=0",
    ]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("leaves a stricter setting as it is", () => {
    const on = new Fake();
    on.values["net/ipv4/conf/all/arp_ignore"] = 2;
    prepare("keep", settings, on, directory);
    expect(on.values["net/ipv4/conf/all/arp_ignore"]).toBe(2);
  });
});

describe("detour", () => {
  it("sends on what belongs to nobody, and changes no route, no rule of routing and no setting", () => {
    const on = new Fake();
    prepare("detour", settings, on, directory);
    expect(on.done).toEqual(["nft -f -"]);
    expect(on.inputs).toMatchSnapshot();
    on.done.length = 0;
    undo("detour", on, directory);
    expect(on.done).toEqual(["nft delete table ip nginx_ha_drain"]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

it.each([
  ["keep", "arp_announce", "ip address del 192.0.2.100/32 dev lo"],
  ["keep", "address replace", "ip address del 192.0.2.100/32 dev lo"],
  ["detour", "nft -f", "nft delete table ip nginx_ha_drain"],
] as const)("%s that fails at %s leaves nothing behind", (role, failing, undone) => {
  const on = new Fake();
  on.failing = failing;
  expect(() => prepare(role, settings, on, directory)).toThrow(/it fails|cannot be set: read-only/);
  on.failing = undefined;
  on.done.length = 0;
  undo(role, on, directory);
  expect(on.values).toEqual(kernel());
  expect(on.done).toContain(undone);
  expect(readdirSync(directory)).toEqual([]);
});

describe("what could not be taken back", () => {
  it.each([
    ["keep", "address del", "192.0.2.100 on lo"],
    ["keep", "arp_ignore", "/proc/sys/net/ipv4/conf/all/arp_ignore"],
    ["keep", "address show", "192.0.2.100 on lo"],
    ["detour", "nft delete", "nftables' table ip nginx_ha_drain"],
  ] as const)("of %s, where %s fails, is no drain any more, and is known for the next one", (role, failing, left) => {
    const on = new Fake();
    prepare(role, settings, on, directory);
    on.failing = failing;
    expect(() => undo(role, on, directory)).toThrow(`this is left of a drain (${role}): ${left}`);
    const answersArp = on.values["net/ipv4/conf/all/arp_ignore"] === 0;
    if (left.endsWith(" on lo")) expect(answersArp, "answers ARP for the VIP").toBe(false);
    expect(readdirSync(directory)).toEqual([`${role}-left.json`]);
    for (const next of ["keep", "detour"] as const)
      expect(() => prepare(next, settings, on, directory), next).toThrow(`: ${left}`);
    on.failing = undefined;
    prepare("keep", settings, on, directory);
    undo("keep", on, directory);
    expect(on.values).toEqual(kernel());
    expect(readdirSync(directory)).toEqual([]);
  });
});

it.each([
  "{}",
  '{"settings":',
])("says so where it is not known what an earlier one changed, and changes nothing: %s", (text) => {
  writeFileSync(join(directory, "keep.json"), text);
  const on = new Fake();
  for (const work of [() => undo("keep", on, directory), () => prepare("detour", settings, on, directory)])
    expect(work).toThrow(
      /keep\.json cannot be read \(.+\): what a drain changed is not known; reboot the node$/,
    );
  expect(on.done).toEqual([]);
});

it("never has both parts at once, and begins anew where the same one was left", () => {
  const on = new Fake();
  prepare("keep", settings, on, directory);
  expect(() => prepare("detour", settings, on, directory)).toThrow(
    "nginx-b has its part of another drain (keep), which is not over",
  );
  on.done.length = 0;
  prepare("keep", settings, on, directory);
  expect(on.done.slice(0, 2)).toEqual([
    "rm -f /run/nginx-ha/drain/closing",
    "ip address del 192.0.2.100/32 dev lo",
  ]);
  undo("keep", on, directory);
  expect(on.values).toEqual(kernel());
});

it("keeps what came of the last drain for whoever waited for it, until the node keeps connections again", () => {
  const last = join(directory, "last.json");
  writeFileSync(last, "{}");
  const on = new Fake();
  prepare("detour", settings, on, directory);
  undo("detour", on, directory);
  expect(readdirSync(directory)).toEqual(["last.json"]);
  prepare("keep", settings, on, directory);
  undo("keep", on, directory);
  expect(readdirSync(directory)).toEqual([]);
});

describe("an IPv6 address that moves with the VIP", () => {
  it.each([
    "keep",
    "detour",
  ] as const)("is on the loopback device (%s), and nobody is asked for it", (role) => {
    const on = new Fake();
    prepare(role, dual, on, directory);
    expect(on.done.at(-1)).toBe("ip -6 address replace 2001:db8::100/128 dev lo nodad preferred_lft 0");
    on.failing = "-6 address del";
    expect(() => undo(role, on, directory)).toThrow(/: 2001:db8::100 on lo/);
    on.failing = undefined;
    undo(role, on, directory);
    expect(on.done).toContain("ip -6 address del 2001:db8::100/128 dev lo");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("has a table of its own", () => {
    const on = new Fake();
    prepare("detour", dual, on, directory);
    expect(on.inputs).toMatchSnapshot();
    on.failing = "nft delete table ip6";
    expect(() => undo("detour", on, directory)).toThrow(
      "this is left of a drain (detour): nftables' table ip6 nginx_ha_drain; ",
    );
    on.failing = undefined;
    undo("detour", on, directory);
    expect(readdirSync(directory)).toEqual([]);
  });
});
