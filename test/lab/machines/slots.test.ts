import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseSlot, claimSlot, updateRegistry } from "../../../lab/state/slots";

let at: string;

beforeEach(async () => {
  at = join(await mkdtemp(join(tmpdir(), "slots-")), "registry");
});

afterEach(() => rm(join(at, ".."), { recursive: true, force: true }));

test("a lab prefers the slot it had, then the one of its id, then the next free one", () => {
  expect(chooseSlot(new Set(), "000005", 42)).toBe(42);
  expect(chooseSlot(new Set(), "000005")).toBe(5);
  expect(chooseSlot(new Set([5, 6]), "000005")).toBe(7);
  expect(chooseSlot(new Set([249]), "000005", 249)).toBe(0);
});

test("when every slot is taken, the error says what to do", () => {
  const all = new Set(Array.from({ length: 250 }, (_, slot) => slot));
  expect(() => chooseSlot(all, "000000")).toThrow("take a lab down first");
});

test("labs that start at the same time get slots of their own", async () => {
  const ids = ["00000a", "00000b", "00000c", "fa000a"];
  const slots = await Promise.all(ids.map((id) => claimSlot(id, `/labs/${id}`, 3, at)));
  expect(new Set(slots).size).toBe(4);
  expect(await claimSlot("00000c", "/labs/00000c", 200, at)).toBe(slots[2]);
});

test("what was registered before a reboot, or cannot be read, does not count", async () => {
  await claimSlot("00000a", "/labs/a", 9, at);
  const old = { bootId: "before", forwardingBefore: null, labs: { "00000b": { slot: 9, directory: "/b" } } };
  await writeFile(join(at, "labs.json"), JSON.stringify(old));
  expect(await claimSlot("00000a", "/labs/a", 9, at)).toBe(9);
  await writeFile(join(at, "labs.json"), '{"half');
  expect(await claimSlot("00000c", "/labs/c", 9, at)).toBe(9);
});

test("the registry goes away with the last lab", async () => {
  await claimSlot("00000a", "/labs/a", 1, at);
  expect(existsSync(at)).toBe(true);
  await updateRegistry((registry) => void delete registry.labs["00000a"], at);
  expect(existsSync(at)).toBe(false);
});
