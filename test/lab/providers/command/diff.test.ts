import { afterAll, beforeAll, expect, test } from "vitest";
import { secret, unknown, type Values } from "../../../../lab/providers/wire";
import { Plugin } from "../plugin";

let plugin: Plugin;
beforeAll(async () => {
  plugin = await Plugin.start("command:remote:Command");
});
afterAll(() => plugin?.stop());

const connection = (host: string) => secret({ host, user: "root", port: 22 });
const inputs: Values = {
  connection: connection("192.0.2.1"),
  create: "true",
  stdin: secret("a"),
  triggers: ["i-1"],
};
const state: Values = { ...inputs, stdout: "out", stderr: "" };

test("equal inputs are no change, whatever the command printed", async () => {
  expect(await plugin.diff(state, inputs)).toEqual({});
});

test("any changed input is an update, the connection too", async () => {
  const news = { ...inputs, connection: connection("192.0.2.2"), stdin: secret("b"), create: "false" };
  expect(await plugin.diff(state, news)).toEqual({ connection: "update", stdin: "update", create: "update" });
});

test("an input that comes or goes is an update", async () => {
  const { stdin: _, ...news } = inputs;
  expect(await plugin.diff(state, { ...news, update: "true" })).toEqual({ stdin: "delete", update: "add" });
});

test("a value that becomes secret is an update", async () => {
  expect(await plugin.diff(state, { ...inputs, create: secret("true") })).toEqual({ create: "update" });
});

test("an input that is not known yet is an update", async () => {
  expect(await plugin.diff(state, { ...inputs, stdin: unknown })).toEqual({ stdin: "update" });
});

test("changed triggers need a new resource", async () => {
  expect(await plugin.diff(state, { ...inputs, triggers: ["i-2"] })).toEqual({ triggers: "update-replace" });
  const { triggers: _, ...none } = inputs;
  expect(await plugin.diff(state, none)).toEqual({ triggers: "delete-replace" });
  expect(await plugin.diff({ ...none, stdout: "", stderr: "" }, inputs)).toEqual({ triggers: "add-replace" });
});

test("a create's preview knows its inputs, not its output", async () => {
  const { id, outputs } = await plugin.create(inputs, { preview: true });
  expect(id).toMatch(/^step[0-9a-f]{8}$/);
  expect(outputs).toEqual({ ...inputs, stdout: unknown, stderr: unknown });
});

test("an update's preview has unknown output when an input changed or is unknown", async () => {
  for (const stdin of [secret("b"), unknown, secret(unknown)]) {
    const news = { ...inputs, stdin };
    const previewed = await plugin.update(state, news, { preview: true });
    expect(previewed).toEqual({ ...news, stdout: unknown, stderr: unknown });
  }
});

test("an update's preview keeps the old output when the only change is an input that is new", async () => {
  const news = { ...inputs, update: "true" };
  const previewed = await plugin.update(state, news, { preview: true });
  expect(previewed).toEqual({ ...news, stdout: "out", stderr: "" });
});
