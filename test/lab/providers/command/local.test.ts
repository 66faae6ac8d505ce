import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { secret, type Values } from "../../../../lab/providers/wire";
import { Plugin } from "../plugin";

const dir = mkdtempSync(join(realpathSync(tmpdir()), "nginx-ha-local-"));
let plugin: Plugin;
beforeAll(async () => {
  plugin = await Plugin.start("command:local:Command", { LAB_INHERITED: "yes" });
});
afterAll(() => {
  plugin?.stop();
  rmSync(dir, { recursive: true });
});
afterEach(() => {
  plugin.logged.length = 0;
});

async function create(news: Values, options = {}) {
  const { inputs, failures } = await plugin.check(news);
  expect(failures).toEqual([]);
  return plugin.create(inputs, options);
}

test("a script runs in sh, in its directory, with the plugin's variables and its own", async () => {
  const script = 'echo "$0 $PWD $LAB_INHERITED $LAB_OWN"; cat; echo err >&2';
  const news = { create: script, dir, environment: { LAB_OWN: "1" }, stdin: "in\n" };
  const { id, outputs } = await create(news);
  expect(id).toMatch(/^step[0-9a-f]{8}$/);
  expect(outputs).toEqual({
    ...news,
    addPreviousOutputInEnv: true,
    stdout: `/bin/sh ${dir} yes 1\nin`,
    stderr: "err",
  });
});

test("an interpreter of the command's own gets the script as its last argument", async () => {
  const { outputs } = await create({ create: "a b", interpreter: ["/bin/echo", "first"] });
  expect(outputs.stdout).toBe("first a b");
});

test("update and delete see what the last run printed", async () => {
  const printed = `echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"`;
  const { inputs } = await plugin.check({
    create: printed,
    delete: `${printed} > ${dir}/deleted; cat ${dir}/deleted`,
  });
  const state = { ...inputs, stdout: secret("out"), stderr: "err" };
  expect(await plugin.update(state, inputs)).toMatchObject({ stdout: "out/err" });
  await plugin.delete(state);
  expect(plugin.logged.at(-1)?.message).toBe("out/err");
  const quiet = { ...inputs, addPreviousOutputInEnv: false };
  expect(await plugin.update(state, quiet)).toMatchObject({ stdout: "/" });
});

test("a failed script's error has status, script and output, and never its stdin", async () => {
  const news = { create: "echo out; cat >/dev/null; exit 4", stdin: secret("s3cret") };
  await expect(create(news)).rejects.toThrow(
    /^exit status 4: running "echo out; cat >\/dev\/null; exit 4":\nout\n$/,
  );
});

test("a program or a directory that is not there is an error with the script", async () => {
  await expect(create({ create: "x", interpreter: ["/nowhere/sh"] })).rejects.toThrow(/ENOENT: running "x":/);
  await expect(create({ create: "x", dir: "/nowhere" })).rejects.toThrow(/ENOENT: running "x":/);
});

test("the time limit kills a local script", async () => {
  const start = Date.now();
  await expect(create({ create: "exec sleep 20" }, { timeout: 0.5 })).rejects.toThrow(
    /^signal: SIGKILL: running/,
  );
  expect(Date.now() - start).toBeLessThan(10_000);
});

test("a script that does not read its stdin has not failed", async () => {
  const { outputs } = await create({
    create: "exec 0<&-; sleep 0.2; echo done",
    stdin: "x".repeat(3_000_000),
  });
  expect(outputs.stdout).toBe("done");
});

test("logging none shows nothing", async () => {
  await create({ create: "echo a", logging: "none" });
  expect(plugin.logged).toEqual([]);
});
