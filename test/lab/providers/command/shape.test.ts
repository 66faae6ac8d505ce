import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secret, unknown, type Values } from "../../../../lab/providers/wire";
import { call, Plugin } from "../plugin";

const notKnown = "the lab's stand-in for the command provider does not know this property";
let remote: Plugin;
let local: Plugin;
let copy: Plugin;
beforeAll(async () => {
  remote = await Plugin.start("command:remote:Command");
  local = await Plugin.start("nginx-ha:index:Node$command:local:Command");
  copy = await Plugin.start("command:remote:CopyToRemote");
});
afterAll(() => {
  for (const plugin of [remote, local, copy]) plugin?.stop();
});

test("a connection gets its defaults and is secret", async () => {
  const { inputs, failures } = await remote.check({ connection: { host: "a", proxy: { host: "b" } } });
  const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
  expect(failures).toEqual([]);
  expect(inputs).toEqual({
    addPreviousOutputInEnv: true,
    connection: secret({ host: "a", ...defaults, proxy: { host: "b", ...defaults } }),
  });
});

test("what is given stays, secret or not known yet", async () => {
  const given = {
    connection: secret({ host: unknown, privateKey: unknown }),
    stdin: secret("a"),
    environment: { A: secret("b") },
    triggers: [1, { any: "thing" }],
    addPreviousOutputInEnv: false,
  };
  const { inputs, failures } = await remote.check(given);
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject({ ...given, connection: expect.anything() });
});

const refusedRemotely: [string, Values, string, string][] = [
  ["an unknown input", { connection: { host: "a" }, timeout: 3 }, "timeout", notKnown],
  ["an unknown field", { connection: { host: "a", hostkey: "s3cret" } }, "connection.hostkey", notKnown],
  [
    "a proxy in a proxy",
    { connection: { host: "a", proxy: { host: "b", proxy: {} } } },
    "connection.proxy.proxy",
    notKnown,
  ],
  ["no connection", { create: "true" }, "connection", "is required"],
  ["no host", { connection: {} }, "connection.host", "is required"],
  ["a number as text", { connection: { host: "a", port: "s3cret" } }, "connection.port", "must be a number"],
  ["text as an object", { connection: secret("s3cret") }, "connection", "must be an object"],
  [
    "a number as a variable",
    { connection: { host: "a" }, environment: { A: 1 } },
    "environment.A",
    "must be a string",
  ],
];
const refusedLocally: typeof refusedRemotely = [
  ["assets", { assetPaths: ["*"] }, "assetPaths", notKnown],
  ["archives", { archivePaths: ["*"] }, "archivePaths", notKnown],
  ["a local connection", { connection: { host: "a" } }, "connection", notKnown],
];

test.for(refusedRemotely)("a remote command with %s is refused, without its value", async ([
  ,
  news,
  property,
  reason,
]) => {
  expect((await remote.check(news)).failures).toEqual([{ property, reason }]);
});

test.for(refusedLocally)("a local command with %s is refused", async ([, news, property, reason]) => {
  expect((await local.check(news)).failures).toEqual([{ property, reason }]);
});

test("another resource or a function is refused by name", async () => {
  const only = "it knows only command:local:Command and command:remote:Command";
  await expect(copy.check({})).rejects.toThrow(
    `the lab's stand-in for the command provider does not know command:remote:CopyToRemote; ${only}`,
  );
  const run = new rpc.InvokeRequest().setTok("command:local:run");
  const invoked = call<rpc.InvokeResponse>((done) => copy.client.invoke(run, done));
  await expect(invoked).rejects.toThrow(`does not know command:local:run; ${only}`);
});
