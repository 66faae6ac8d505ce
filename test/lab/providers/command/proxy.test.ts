import { expect, test } from "vitest";
import { freePort, Sshd } from "../sshd";
import { later, messages, says, sshd, startDialling } from "./dialled";

startDialling();

test("a proxy is a machine to go through, with a host key of its own", async () => {
  const jump = new Sshd(await freePort());
  later.push(() => jump.stop());
  await jump.start();
  const proxy = { host: "127.0.0.1", port: jump.port, privateKey: jump.clientKey, hostKey: jump.hostKey };
  const before = sshd.connections();
  expect(await says({ proxy, hostKey: sshd.hostKey })).toBe("hello");
  expect(jump.connections()).toBe(2); // one of them asked whether it listens
  expect(sshd.connections() - before).toBe(1);

  const wrongProxy = { ...proxy, hostKey: jump.otherHostKey, dialErrorLimit: 1 };
  await expect(says({ proxy: wrongProxy })).rejects.toThrow(
    /^proxy: after 1 failed attempts: .*host key mismatch$/,
  );
  expect(messages()).toContain("Dial proxy 1/1 failed: retrying");
});

test("a tunnel is tried again, a handshake in it cannot be", async () => {
  const proxy = { host: "127.0.0.1", port: sshd.port, privateKey: sshd.clientKey };
  const nowhere = says({ proxy, port: await freePort(), dialErrorLimit: 1 });
  await expect(nowhere).rejects.toThrow(/^proxy: after 1 failed attempts: /);
  expect(messages()).toEqual(["Dial from proxy 1/1 failed: retrying"]);
  const before = sshd.connections();
  const wrong = says({ proxy, hostKey: sshd.otherHostKey, dialErrorLimit: 2 });
  await expect(wrong).rejects.toThrow(/^proxy: after 2 failed attempts: .*host key mismatch$/);
  expect(sshd.connections() - before).toBe(2);
});
