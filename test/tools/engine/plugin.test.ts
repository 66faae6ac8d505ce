import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ensureCommandPlugin } from "../../../tools/engine/plugin";
import { SYSTEM_PATH, scratch, script } from "./helpers";

const PLUGIN = "plugins/resource-command-v1.2.1";

async function world(install: string) {
  const root = await scratch();
  const home = join(root, "home");
  await script(join(root, "bin", "pulumi"), `echo "$@" >> ${root}/asked\n${install}`);
  const lines: string[] = [];
  const given: string[] = [];
  const ensure = (deadline?: number) =>
    ensureCommandPlugin({
      engine: { bin: join(root, "bin") },
      home,
      version: "1.2.1",
      env: { PATH: SYSTEM_PATH },
      report: (line) => lines.push(line),
      standIn: async (directory) => {
        given.push(directory);
        await script(join(directory, "pulumi-resource-command"), "exit 0");
      },
      deadline,
    });
  return { root, home, directory: join(home, PLUGIN), lines, given, ensure };
}

const OFFICIAL = `d="$PULUMI_HOME/${PLUGIN}"; mkdir -p "$d"; cp /bin/true "$d/pulumi-resource-command"`;

it("takes the official plugin when it can be had", async () => {
  const { ensure, lines, given } = await world(OFFICIAL);
  expect(await ensure()).toBe("official");
  expect(given).toEqual([]);
  expect(lines).toEqual(["command plugin 1.2.1: official"]);
});

it("asks for it outside of the clone, whatever the CLI finds there", async () => {
  const { home, ensure } = await world(`pwd > $PULUMI_HOME/where; ${OFFICIAL}`);
  await ensure();
  expect(readFileSync(join(home, "where"), "utf8")).toBe(`${home}\n`);
});

it("falls back on the stand-in, whole or not at all, and says why", async () => {
  const { ensure, lines, given, directory, home } = await world("echo 'error: no such host' >&2; exit 255");
  expect(await ensure()).toBe("stand-in");
  expect(given[0]).not.toBe(directory);
  expect(readdirSync(join(home, "plugins"))).toEqual(["resource-command-v1.2.1"]);
  expect(readdirSync(directory).sort()).toEqual([".stand-in", "pulumi-resource-command"]);
  expect(lines).toEqual([
    "command plugin 1.2.1: our stand-in, since the official one is not to be had (exit 255: no such host)",
  ]);
});

it.each([
  ["official", OFFICIAL],
  ["stand-in", "exit 1"],
])("does nothing when the %s plugin is there", async (kind, install) => {
  const { root, ensure, lines } = await world(install);
  await ensure();
  await script(join(root, "bin", "pulumi"), `touch ${root}/asked-again; exit 1`);
  expect(await ensure()).toBe(kind);
  expect(existsSync(join(root, "asked-again"))).toBe(false);
  expect(lines.at(-1)).toBe(`command plugin 1.2.1: ${kind}, already in place`);
});

it("does not wait for an install that hangs", async () => {
  const { ensure, lines } = await world("exec sleep 30");
  expect(await ensure(300)).toBe("stand-in");
  expect(lines[0]).toContain("(no end within 0.3 s)");
});

it("replaces a plugin that was left half unpacked", async () => {
  const { directory, ensure } = await world("exit 1");
  await script(join(directory, "pulumi-resource-command"), "exit 0");
  await writeFile(join(directory, "half"), "");
  await writeFile(`${directory}.partial`, "");
  expect(await ensure()).toBe("stand-in");
  expect(existsSync(`${directory}.partial`)).toBe(false);
  expect(existsSync(join(directory, "half"))).toBe(false);
});

it("leaves nothing when the stand-in cannot be written", async () => {
  const { home, directory } = await world("exit 1");
  const request = {
    engine: { bin: "/nowhere" },
    home,
    version: "1.2.1",
    report: () => {},
    standIn: () => Promise.reject(new Error("disk full")),
  };
  await expect(ensureCommandPlugin(request)).rejects.toThrow("disk full");
  expect(existsSync(directory)).toBe(false);
  expect(readdirSync(join(home, "plugins"))).toEqual([]);
});
