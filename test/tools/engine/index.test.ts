import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findEngine } from "../../../tools/engine";
import { entryFor } from "../../../tools/engine/cache";
import { fakeEngine, fakeGo, fakeInstaller, OFFLINE, ONLINE, SYSTEM_PATH, scratch, script } from "./helpers";

interface World {
  installer?: string;
  path?: string[];
  force?: string;
}

async function world({ installer = OFFLINE, path = [], force }: World = {}) {
  const root = await scratch();
  const lines: string[] = [];
  const env = {
    PATH: [...path.map((bin) => join(root, bin)), SYSTEM_PATH].join(":"),
    NGINX_HA_ENGINE: force,
  };
  const options = {
    env,
    cache: join(root, "cache"),
    installer: await fakeInstaller(join(root, "installer.mjs"), installer),
  };
  const log = join(root, "builds");
  return {
    root,
    lines,
    cache: options.cache,
    log,
    find: () => findEngine((line) => lines.push(line), options),
    builds: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0),
  };
}

describe("an engine on PATH", () => {
  it("comes before everything else, and makes nothing", async () => {
    const { root, cache, find, lines } = await world({ path: ["bin"], installer: ONLINE });
    await fakeEngine(join(root, "bin"), "v3.240.1");
    expect(await find()).toEqual({ bin: join(root, "bin"), version: "3.240.1", origin: "path" });
    expect(existsSync(cache)).toBe(false);
    expect(lines).toEqual([]);
  });

  it("may have its language host further along PATH", async () => {
    const { root, find } = await world({ path: ["a", "b"] });
    await script(join(root, "a", "pulumi"), "echo v3.259.0");
    await script(join(root, "b", "pulumi-language-nodejs"), "exit 2");
    expect(await find()).toMatchObject({ bin: join(root, "a"), origin: "path" });
  });

  it("is passed over when it is too old, for a later one", async () => {
    const { root, find } = await world({ path: ["old", "new"] });
    await fakeEngine(join(root, "old"), "v3.100.0");
    await fakeEngine(join(root, "new"));
    expect(await find()).toMatchObject({ bin: join(root, "new") });
  });

  it.each([
    ["says nothing of use", "echo hello", 'does not say its version (it printed "hello")'],
    ["fails", "echo broken >&2; exit 3", "version: exit 3: broken"],
  ])("that %s does not count", async (_, body, reason) => {
    const { root, find } = await world({ path: ["bin"], force: "path" });
    await fakeEngine(join(root, "bin"));
    await script(join(root, "bin", "pulumi"), body);
    await expect(find()).rejects.toThrow(`  on PATH: ${join(root, "bin", "pulumi")} ${reason}\n`);
  });

  it("without a language host is not even run: it may be a wrapper that downloads", async () => {
    const { root, find } = await world({ path: ["bin"], force: "path" });
    await script(join(root, "bin", "pulumi"), `touch ${root}/was-run; echo v3.259.0`);
    await expect(find()).rejects.toThrow("has no pulumi-language-nodejs beside it or on PATH");
    expect(existsSync(join(root, "was-run"))).toBe(false);
  });
});

describe("the official download", () => {
  it("comes before the build, and is kept", async () => {
    const { root, cache, log, find, builds, lines } = await world({ path: ["go"], installer: ONLINE });
    await fakeGo(join(root, "go"), log);
    const made = await find();
    expect(made).toEqual({
      bin: join(await entryFor(cache, "download"), "bin"),
      version: "3.259.0",
      origin: "download",
    });
    expect(builds()).toBe(0);
    await writeFile(join(root, "installer.mjs"), OFFLINE);
    lines.length = 0;
    expect(await find()).toEqual(made);
    expect(lines).toEqual([]);
  });

  it("that installs something that does not run is not kept", async () => {
    const { cache, find } = await world({
      installer: ONLINE.replace("echo v3.259.0", "exit 1"),
      force: "download",
    });
    await expect(find()).rejects.toThrow("official download: ");
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe("the build", () => {
  it("follows a download that failed, says so, and is kept", async () => {
    const { root, cache, log, find, builds, lines } = await world({ path: ["go"] });
    await fakeGo(join(root, "go"), log);
    const made = await find();
    expect(made).toEqual({
      bin: join(await entryFor(cache, "build"), "bin"),
      version: "3.259.0",
      origin: "build",
    });
    expect(lines).toEqual([
      "Downloading Pulumi's engine 3.259.0 (usually 1 min)",
      "  official download: fetch failed (ENOTFOUND)",
      "Building pulumi-language-nodejs 3.68.0 from Go modules (usually 1 min)",
      "Building pulumi 3.259.0 from Go modules (usually 6 min on two cores)",
    ]);
    expect(await find()).toEqual(made);
    expect(builds()).toBe(2);
  });

  it("is made again when the kept one no longer runs", async () => {
    const { root, cache, log, find, builds } = await world({ path: ["go"], force: "build" });
    await fakeGo(join(root, "go"), log);
    const { bin } = await find();
    await writeFile(join(bin, "pulumi"), "");
    await chmod(join(bin, "pulumi"), 0o755);
    expect((await find()).bin).toBe(join(await entryFor(cache, "build"), "bin"));
    expect(builds()).toBe(4);
  });

  it("never takes a half-made directory for an engine, and clears it away", async () => {
    const { root, cache, log, find, builds } = await world({ path: ["go"], force: "build" });
    await fakeGo(join(root, "go"), log);
    const half = `${await entryFor(cache, "build")}.partial-x1`;
    await fakeEngine(join(half, "bin"));
    await find();
    expect(builds()).toBe(2);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("that fails leaves nothing behind", async () => {
    const { root, cache, log, find } = await world({ path: ["go"], force: "build" });
    await fakeGo(join(root, "go"), log, "echo 'go: module not to be had' >&2; exit 1");
    await expect(find()).rejects.toThrow(
      "  build from Go modules: pulumi-language-nodejs: exit 1: go: module not to be had\n",
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is refused by a Go that is too old", async () => {
    const { root, log, find, builds } = await world({ path: ["go"], force: "build" });
    await fakeGo(join(root, "go"), log, "", "go1.24.4");
    await expect(find()).rejects.toThrow(
      "build from Go modules: go on PATH is version 1.24.4; 1.25.11 or newer",
    );
    expect(builds()).toBe(0);
  });
});

it("with nothing to be had, one error names all that was tried", async () => {
  const { root, find } = await world({ path: ["bin"] });
  await fakeEngine(join(root, "bin"), "v3.100.0");
  const pulumi = join(root, "bin", "pulumi");
  await expect(find()).rejects.toMatchObject({
    name: "UserError",
    message: `Pulumi's engine is missing and could not be made:
  on PATH: ${pulumi} is version 3.100.0; 3.229.0 or newer, below 4.0.0, is needed
  official download: fetch failed (ENOTFOUND)
  build from Go modules: there is no go on PATH
Install Pulumi 3.229.0 or newer (https://www.pulumi.com/docs/install/), or Go 1.25.11 or newer so that it can be built here, and run the same command again.`,
  });
});

it("a cache that cannot be written is named, with the way out", async () => {
  const { cache, find } = await world();
  await mkdir(join(cache, ".."), { recursive: true });
  await writeFile(cache, "");
  await expect(find()).rejects.toThrow("set XDG_CACHE_HOME to a directory that you can write to");
});
