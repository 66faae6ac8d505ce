import { spawn } from "node:child_process";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { Plugin } from "../plugin";
import { freePort, Sshd, until } from "../sshd";
import { hello, later, messages, plugin, says, startDialling } from "./dialled";

startDialling();

test("a limit of 0 is one dial, and the default one more than ten", async () => {
  const port = await freePort();
  await expect(says({ port, dialErrorLimit: 0 })).rejects.toThrow(/^after 0 failed attempts: .*ECONNREFUSED/);
  const start = Date.now();
  await expect(says({ port })).rejects.toThrow(/^after 10 failed attempts: .*ECONNREFUSED/);
  expect(messages().at(-1)).toBe("Dial 10/10 failed: retrying");
  // 100 ms x 1.5 each time, ten times, up to 5 s at most: 11.1 s.
  expect(Date.now() - start).toBeGreaterThan(10_900);
});

test("a server that appears late is reached", async () => {
  const late = new Sshd(await freePort());
  later.push(() => late.stop());
  const saying = says({
    port: late.port,
    privateKey: late.clientKey,
    hostKey: late.hostKey,
    dialErrorLimit: -1,
  });
  await until("the third failed dial", 10_000, () => messages().length >= 3);
  expect(messages()[0]).toBe("Dial 1/inf failed: retrying");
  await late.start();
  expect(await saying).toBe("hello");
});

test("the resource's time limit ends dialling without a limit of its own", async () => {
  const start = Date.now();
  await expect(says({ port: await freePort(), dialErrorLimit: -1 }, { timeout: 1 })).rejects.toThrow(
    /^context deadline exceeded: \d+ failed dials, the last: .*ECONNREFUSED/,
  );
  expect(Date.now() - start).toBeLessThan(3_000);
});

test("an update has the same time limit", async () => {
  const inputs = await hello({ port: await freePort(), dialErrorLimit: -1 });
  const state = { ...inputs, create: "false", stdout: "", stderr: "" };
  await expect(plugin.update(state, inputs, { timeout: 1 })).rejects.toThrow(/^context deadline exceeded/);
});

test("a script that runs is not ended by the time limit", async () => {
  const inputs = await hello({});
  const { outputs } = await plugin.create({ ...inputs, create: "sleep 2; echo done" }, { timeout: 0.5 });
  expect(outputs.stdout).toBe("done");
});

test("the time of one dial is limited", async () => {
  const port = await silentPort();
  const start = Date.now();
  const fields = { port, perDialTimeout: 1, dialErrorLimit: 0 };
  await expect(says(fields)).rejects.toThrow(/^after 0 failed attempts: .*i\/o timeout after 1 s$/);
  expect(Date.now() - start).toBeLessThan(5_000);
});

/** A port that neither takes nor refuses connections: its server sleeps, and its queue is full. */
async function silentPort(): Promise<number> {
  const listen = "require('net').createServer().listen({port: 0, host: '127.0.0.1', backlog: 1}";
  const server = spawn(process.execPath, [
    "-e",
    `${listen}, function () { console.log(this.address().port) })`,
  ]);
  const port = Number(await new Promise((resolve) => server.stdout.once("data", resolve)));
  server.kill("SIGSTOP");
  const queue = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  later.push(() => {
    for (const socket of queue) socket.destroy();
    server.kill("SIGKILL");
  });
  await until("the queue to fill", 10_000, () => queue.some((socket) => !socket.connecting));
  return port;
}

test("cancelling ends dialling", async () => {
  const cancelled = await Plugin.start("command:remote:Command");
  later.push(() => cancelled.stop());
  const inputs = await hello({ port: await freePort(), dialErrorLimit: -1 }, cancelled);
  const creating = cancelled.create(inputs).catch((caught: Error) => caught.message);
  await until("the first failed dial", 10_000, () => cancelled.logged.length > 0);
  await cancelled.cancel();
  expect(await creating).toMatch(/^context canceled: /);
});
