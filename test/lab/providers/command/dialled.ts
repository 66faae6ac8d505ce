import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { secret, type Values } from "../../../../lab/providers/wire";
import { Plugin } from "../plugin";
import { freePort, Sshd } from "../sshd";

export let plugin: Plugin;
export let sshd: Sshd;
/** What a test has running, ended after it. */
export const later: (() => void)[] = [];

/** A provider and a server for the tests of the file that calls it. */
export function startDialling(): void {
  beforeAll(async () => {
    sshd = new Sshd(await freePort());
    await sshd.start();
    plugin = await Plugin.start("command:remote:Command");
  });
  afterAll(() => {
    plugin?.stop();
    sshd?.stop();
  });
  afterEach(() => {
    for (const undo of later.splice(0)) undo();
    plugin.logged.length = 0;
  });
}

/** A checked command that says hello over a connection; unset fields are left out. */
export async function hello(fields: Values, using: Plugin = plugin): Promise<Values> {
  const connection = { host: "127.0.0.1", port: sshd.port, privateKey: sshd.clientKey, ...fields };
  const { inputs, failures } = await using.check({ connection: secret(connection), create: "echo hello" });
  expect(failures).toEqual([]);
  return inputs;
}

export async function says(fields: Values, options = {}): Promise<unknown> {
  return (await plugin.create(await hello(fields), options)).outputs.stdout;
}

export const messages = () => plugin.logged.map(({ message }) => message);
