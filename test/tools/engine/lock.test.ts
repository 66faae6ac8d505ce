import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { withLock } from "../../../tools/engine/lock";
import { fakeGo, fakeInstaller, OFFLINE, SYSTEM_PATH, scratch } from "./helpers";

const TSX = resolve("node_modules/tsx/dist/cli.mjs");
const FINDER = resolve("test/tools/engine/find.ts");

it("two runs at once build once; the second waits, says so, and uses what the first built", async () => {
  const root = await scratch();
  const log = join(root, "builds");
  await fakeGo(join(root, "go"), log, "sleep 2");
  const installer = await fakeInstaller(join(root, "installer.mjs"), OFFLINE);
  const env = { PATH: `${join(root, "go")}:${SYSTEM_PATH}`, NGINX_HA_ENGINE: "build" };
  const start = () =>
    promisify(execFile)(process.execPath, [TSX, FINDER, join(root, "cache"), installer], { env });

  const said = (await Promise.all([start(), start()])).map(({ stdout }) => stdout.trim().split("\n"));

  expect(readFileSync(log, "utf8").trim().split("\n")).toHaveLength(2);
  const [first, second] = said.map((lines) => lines.at(-1));
  expect(first).toMatch(/^\/.*\/build-3\.259\.0-.*\/bin$/);
  expect(second).toBe(first);
  const waited = "Waiting for another run that is making Pulumi's engine (usually 8 min at most)";
  expect(said.filter((lines) => lines.includes(waited))).toHaveLength(1);
}, 60_000);

describe("the lock", () => {
  it("is given up on after its limit, with the file that is held", async () => {
    const root = await scratch();
    await withLock(
      root,
      () => {},
      async () => {
        const second = withLock(
          root,
          () => {},
          async () => "never",
          1_000,
        );
        await expect(second).rejects.toThrow(`another run has held ${join(root, "lock")} for 1 s`);
      },
    );
  });

  it("is free again after work that failed", async () => {
    const root = await scratch();
    const broken = withLock(
      root,
      () => {},
      () => Promise.reject(new Error("no")),
    );
    await expect(broken).rejects.toThrow("no");
    expect(
      await withLock(
        root,
        () => {},
        async () => "done",
      ),
    ).toBe("done");
  });

  it("of a run that was killed is taken over", async () => {
    const root = await scratch();
    await mkdir(join(root, "lock"));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(root, "lock"), longAgo, longAgo);
    expect(
      await withLock(
        root,
        () => {},
        async () => "done",
      ),
    ).toBe("done");
  });
});
