import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fileLines, reachFiles, reachScript } from "../../../components/ssh/reach";
import { freePort, Sshd } from "../../lab/providers/sshd";

let bastion: Sshd;
let machine: Sshd;
beforeAll(async () => {
  bastion = new Sshd(await freePort());
  machine = new Sshd(await freePort());
  await bastion.start();
});
afterAll(() => {
  bastion.stop();
  machine.stop();
});

/** Runs the script as the command provider does; its exit code and what it said. */
function reach(limitS: number): Promise<{ code: number | null; said: string }> {
  const login = ({ port, hostKey, clientKey }: Sshd) => ({
    host: "127.0.0.1",
    port,
    user: "root",
    hostKey,
    privateKey: clientKey,
  });
  const files = reachFiles({ ...login(machine), proxy: login(bastion) });
  const child = spawn("/bin/sh", ["-c", reachScript("nginx-a", limitS)]);
  child.stdin.end(fileLines(files));
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  return new Promise((done) => child.on("close", (code) => done({ code, said })));
}

it("a machine behind a bastion that does not answer in time: says so, and what ssh said", async () => {
  const { code, said } = await reach(1);
  expect(code).toBe(1);
  expect(said).toMatch(/^nginx-a: waited 1 s until it takes SSH through the bastion, which says: .+\n$/);
});

it("a machine that comes up while it is tried is reached", async () => {
  const reached = reach(30);
  await sleep(1500);
  await machine.start();
  expect(await reached).toEqual({ code: 0, said: "" });
});
