import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { secret, type Values } from "../../../../lab/providers/wire";
import { Plugin, urnOf } from "../plugin";
import { freePort, Sshd } from "../sshd";

let plugin: Plugin;
let sshd: Sshd;
let connection: Values;
beforeAll(async () => {
  sshd = new Sshd(await freePort());
  await sshd.start();
  plugin = await Plugin.start("command:remote:Command");
  connection = { host: "127.0.0.1", port: sshd.port, privateKey: sshd.clientKey, hostKey: sshd.hostKey };
});
afterAll(() => {
  plugin?.stop();
  sshd?.stop();
});
afterEach(() => {
  plugin.logged.length = 0;
});

/** Inputs as the engine hands them to the provider: checked. */
async function checked(news: Values): Promise<Values> {
  const { inputs, failures } = await plugin.check({ connection: secret(connection), ...news });
  expect(failures).toEqual([]);
  return inputs;
}

/** A path in the server's own directory, which stands for the machine's disk. */
const file = (name: string) => join(sshd.dir, name);

test("create runs its script and keeps both streams, each without its last newline", async () => {
  const inputs = await checked({ create: "printf 'a\\n\\n'; printf 'b\\n' >&2" });
  const { id, outputs } = await plugin.create(inputs);
  expect(id).toMatch(/^step[0-9a-f]{8}$/);
  expect(outputs).toEqual({ ...inputs, stdout: "a\n", stderr: "b" });
});

test("stdin reaches the script, whole, and its end too", async () => {
  const stdin = "x".repeat(3_000_000);
  const inputs = await checked({ create: "wc -c", stdin: secret(stdin), logging: "none" });
  expect((await plugin.create(inputs)).outputs.stdout).toBe("3000000");
  expect((await plugin.create(await checked({ create: "cat; echo end" }))).outputs.stdout).toBe("end");
});

test("secret inputs stay secret in the outputs; what was printed does not become secret", async () => {
  const inputs = await checked({ create: "cat", stdin: secret("a"), environment: { LAB_A: secret("b") } });
  const { outputs } = await plugin.create(inputs);
  expect(outputs.stdin).toEqual(secret("a"));
  expect(outputs.environment).toEqual({ LAB_A: secret("b") });
  expect(outputs.connection).toEqual(inputs.connection);
  expect(outputs.stdout).toBe("a");
});

test("a failed script's error has status, script and output, and never its stdin", async () => {
  const script = 'echo "to out"; echo "to err" >&2; exit 3';
  const inputs = await checked({ create: script, stdin: secret("s3cret") });
  const error = await plugin.create(inputs).catch((caught: Error) => caught.message);
  expect(error).toContain(`Process exited with status 3: running ${JSON.stringify(script)}:\n`);
  expect(error).toContain("to out\n");
  expect(error).toContain("to err\n");
  expect(error).not.toContain("s3cret");
});

test("a script that is secret is not part of its error", async () => {
  const inputs = await checked({ create: secret(': "s3cret"; exit 3') });
  const error = await plugin.create(inputs).catch((caught: Error) => caught.message);
  expect(error).toBe("Process exited with status 3: running [secret]:\n");
});

test("a script that a signal ends has failed", async () => {
  const inputs = await checked({ create: "kill -KILL $$" });
  await expect(plugin.create(inputs)).rejects.toThrow(
    /^Process exited with status 137 from signal KILL: running/,
  );
});

test("update runs update, or create where there is none", async () => {
  const state = { ...(await checked({ create: "echo old" })), stdout: "old", stderr: "" };
  const both = await checked({ create: "echo created", update: "echo updated" });
  expect(await plugin.update(state, both)).toEqual({ ...both, stdout: "updated", stderr: "" });
  const one = await checked({ create: "echo created" });
  expect(await plugin.update(state, one)).toMatchObject({ stdout: "created" });
});

test("without a script nothing is connected to and the output stays", async () => {
  const before = sshd.connections();
  const inputs = await checked({ delete: "true" });
  expect((await plugin.create(inputs)).outputs).toEqual({ ...inputs, stdout: "", stderr: "" });
  expect(await plugin.update({ ...inputs, stdout: "old", stderr: "" }, inputs)).toMatchObject({
    stdout: "old",
  });
  expect(sshd.connections()).toBe(before);
});

test("variables are set with the server's consent", async () => {
  const inputs = await checked({ create: "echo $LAB_A-$LAB_B", environment: { LAB_A: "1", LAB_B: "2" } });
  expect((await plugin.create(inputs)).outputs.stdout).toBe("1-2");
});

test("a variable that the server refuses is an error, and the script does not run", async () => {
  const environment = { LAB_A: "1", OTHER: "s3cret" };
  const inputs = await checked({ create: `touch ${file("ran")}`, environment });
  await expect(plugin.create(inputs)).rejects.toThrow(
    /^could not set environment variable "OTHER": ssh: setenv failed$/,
  );
  expect(existsSync(file("ran"))).toBe(false);
  expect(plugin.logged).toMatchObject([
    { severity: 3, ephemeral: false, message: expect.stringContaining("AcceptEnv") },
  ]);
});

test("the previous output that the server refuses is a warning, unless it is not wanted", async () => {
  const news = await checked({ create: "echo $PULUMI_COMMAND_STDOUT-new" });
  expect(await plugin.update({ ...news, stdout: "old", stderr: "" }, news)).toMatchObject({ stdout: "-new" });
  expect(plugin.logged).toMatchObject([{ severity: 2 }, { severity: 1, message: "-new" }]);
  plugin.logged.length = 0;
  const quiet = await checked({ create: "true", addPreviousOutputInEnv: false });
  await plugin.update({ ...quiet, stdout: "old", stderr: "" }, quiet);
  expect(plugin.logged).toEqual([]);
});

test("delete runs over the connection in the state", async () => {
  const state = {
    ...(await checked({ delete: `cat > ${file("gone")}`, stdin: "bye" })),
    stdout: "",
    stderr: "",
  };
  await plugin.delete(state);
  expect(readFileSync(file("gone"), "utf8")).toBe("bye");
});

test("a delete without a script makes no connection, even to a machine that is gone", async () => {
  const nowhere = secret({ ...connection, port: await freePort(), dialErrorLimit: -1 });
  const state = { ...(await checked({ create: "true", connection: nowhere })), stdout: "", stderr: "" };
  await plugin.delete(state);
});

test("a refresh asks nobody and returns the state as it is", async () => {
  const inputs = await checked({ create: "true" });
  const before = sshd.connections();
  const state = { ...inputs, stdout: "old", stderr: "" };
  expect(await plugin.read(state, inputs)).toEqual(state);
  expect(sshd.connections()).toBe(before);
});

test.for([
  [undefined, ["out", "err"]],
  ["stdoutAndStderr", ["out", "err"]],
  ["stdout", ["out"]],
  ["stderr", ["err"]],
  ["none", []],
] as const)("logging %s shows %j, line by line, for a moment", async ([logging, lines]) => {
  const inputs = await checked({
    create: "echo out; sleep 0.2; echo err >&2",
    ...(logging && { logging }),
  });
  await plugin.create(inputs);
  const urn = urnOf("command:remote:Command");
  expect(plugin.logged).toEqual(lines.map((message) => ({ urn, severity: 1, message, ephemeral: true })));
});

test("a line of 64 KiB is refused with logging on, and welcome with logging off", async () => {
  const create = "head -c 65536 /dev/zero | tr '\\0' x";
  await expect(plugin.create(await checked({ create }))).rejects.toThrow(
    /real command provider hangs here.*: running "head/,
  );
  const twoLines = await checked({ create: `${create}; echo; sleep 0.2; ${create}; echo` });
  await expect(plugin.create(twoLines)).rejects.toThrow(/real command provider hangs here.*: running "head/);
  const { outputs } = await plugin.create(await checked({ create, logging: "none" }));
  expect(outputs.stdout).toHaveLength(65536);
});
