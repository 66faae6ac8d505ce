import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { placeCommandStandIn } from "../../../lab/providers/place";
import { decode, encode } from "../../../lab/providers/wire";
import { call, Plugin } from "./plugin";
import { until } from "./sshd";

let plugin: Plugin;
beforeAll(async () => {
  plugin = await Plugin.start("command:local:Command");
});
afterAll(() => plugin?.stop());

test("the plugin has the vendor's version", async () => {
  const info = await call<PluginInfo>((done) => plugin.client.getPluginInfo(new Empty(), done));
  expect(info.getVersion()).toBe("1.2.1");
});

test("configuration is taken as it is, and never a reason to replace anything", async () => {
  const news = { version: "1.2.1" };
  const check = new rpc.CheckRequest().setNews(encode(news));
  const checked = await call<rpc.CheckResponse>((done) => plugin.client.checkConfig(check, done));
  expect(decode(checked.getInputs())).toEqual(news);
  const diffed = await call<rpc.DiffResponse>((done) =>
    plugin.client.diffConfig(new rpc.DiffRequest(), done),
  );
  expect(diffed.getChanges()).toBe(rpc.DiffResponse.DiffChanges.DIFF_NONE);
  const request = new rpc.ConfigureRequest();
  const configured = await call<rpc.ConfigureResponse>((done) => plugin.client.configure(request, done));
  expect(configured.toObject()).toMatchObject({ acceptsecrets: true, supportspreview: true });
});

test("the engine's interrupt ends an idle plugin at once", async () => {
  const idle = await Plugin.start("command:local:Command");
  idle.interrupt();
  await until("the plugin to end", 2_000, () => idle.ended());
  idle.stop();
});

test("an interrupt lets a command finish that is running", async () => {
  const busy = await Plugin.start("command:local:Command");
  const creating = busy.create({ create: "echo started; sleep 1; echo done" });
  await until("the command to start", 10_000, () => busy.logged.length > 0);
  busy.interrupt();
  expect((await creating).outputs.stdout).toBe("started\ndone");
  busy.stop();
});

test("the end of the engine ends the plugin, which prints its port and nothing else", async () => {
  const dir = mkdtempSync(join(tmpdir(), "nginx-ha-plugin-"));
  await placeCommandStandIn(dir);
  // A shell that waits for input stands for the engine.
  const script = ['"$0" &', "echo $!", "read -r line"].join("\n");
  const engine = spawn("/bin/sh", ["-c", script, join(dir, "pulumi-resource-command")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  engine.stdout.on("data", (data) => {
    printed += data;
  });
  await until("the plugin to print its port", 20_000, () => printed.trim().split("\n").length === 2);
  const pid = Number(printed.split("\n")[0]);
  expect(alive(pid)).toBe(true);
  engine.kill("SIGKILL");
  await until("the plugin to notice", 15_000, () => !alive(pid));
  expect(printed).toMatch(/^\d+\n\d+\n$/);
  rmSync(dir, { recursive: true });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
