import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Generation, secrets } from "../../../agent/sync/generation";
import { nextHead } from "../../../agent/sync/head";
import { secretsNginx } from "../../../agent/sync/secrets";
import type { Nginx } from "../../../agent/sync/surroundings";

/** The machine's nginx: how often it was told to read its configuration again, and what its test says. */
const machine = vi.hoisted(() => ({ reloads: 0, wrong: undefined as string | undefined }));
vi.mock("../../../agent/sync/nginx", () => ({
  isWanted: async () => true,
  testCurrent: async () => machine.wrong,
  masterPid: () => undefined,
  // There is no master whose new workers could be waited for.
  hup: () => {
    machine.reloads++;
    return false;
  },
}));

let home: string;
let nginx: Nginx;
beforeEach(() => {
  Object.assign(machine, { reloads: 0, wrong: undefined });
  home = mkdtempSync(join(tmpdir(), "nginx-ha-secrets-nginx-"));
  mkdirSync(join(home, "serving"));
  nginx = secretsNginx({ home, serving: join(home, "serving"), read: join(home, "read") });
});
afterEach(() => rmSync(home, { recursive: true }));

const parts = { stack: new Map<string, Buffer>(), sites: new Map<string, Buffer>() };
const change = { ...secrets.hashesOf(parts), declared: "", source: "stack", by: "a", at: "" } as const;
const [one, two] = [nextHead(undefined, change), nextHead(nextHead(undefined, change), change)].map(
  (head): Generation => ({ head, parts }),
) as [Generation, Generation];

it("reloads for each generation, and not because the service was started again", async () => {
  expect(await nginx.bring(one)).toBe(true);
  expect(machine.reloads).toBe(1);
  await nginx.bring(one, "started");
  expect(machine.reloads, "nothing was switched").toBe(1);
  await nginx.bring(two, "started");
  expect(machine.reloads, "a reload was missed").toBe(2);
  await nginx.bring(two, "repaired");
  expect(machine.reloads, "files were changed by hand").toBe(3);
});

it("does not take a generation for read that nginx refused", async () => {
  machine.wrong = "cannot load certificate";
  expect(await nginx.bring(one)).toBe(false);
  machine.wrong = undefined;
  expect(await nginx.bring(one, "started")).toBe(true);
  expect(machine.reloads).toBe(1);
});
