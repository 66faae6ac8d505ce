import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareKernel, unregisterLab } from "../../../lab/state/kernel";
import { claimSlot } from "../../../lab/state/slots";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kernel-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const given = async (value: string) => {
  const path = join(root, "max_user_instances");
  await writeFile(path, `${value}\n`);
  const some = [{ path, least: 1024, before: "inotifyBefore" as const }];
  return { some, now: () => readFile(path, "utf8"), at: join(root, "registry") };
};

test("what labs need of the kernel is there from the first to the last of them, and then as it was", async () => {
  const { some, now, at } = await given("128");
  for (const id of ["00000a", "00000b"]) {
    await claimSlot(id, `/labs/${id}`, 1, at);
    await prepareKernel(some, at);
    expect(await now()).toBe("1024");
  }
  await unregisterLab("00000a", some, at);
  expect(await now()).toBe("1024");
  await unregisterLab("00000b", some, at);
  expect(await now()).toBe("128");
});

test("a kernel that has more already is left alone", async () => {
  const { some, now, at } = await given("8192");
  await claimSlot("00000a", "/labs/a", 1, at);
  await prepareKernel(some, at);
  await unregisterLab("00000a", some, at);
  expect(await now()).toBe("8192\n");
});
