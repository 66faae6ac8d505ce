import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { secret, type Values } from "../../../../lab/providers/wire";
import { Plugin } from "../plugin";
import { until } from "../sshd";
import { hello, later, messages, plugin, says, sshd, startDialling } from "./dialled";

startDialling();

test("without a host key any server is good, with one only that server", async () => {
  expect(await says({})).toBe("hello");
  expect(await says({ hostKey: sshd.hostKey })).toBe("hello");
  expect(await says({ hostKey: sshd.ecdsaHostKey })).toBe("hello");
});

test("a wrong host key is refused, after as many retries as any other error", async () => {
  await expect(says({ hostKey: sshd.otherHostKey, dialErrorLimit: 2 })).rejects.toThrow(
    /^after 2 failed attempts: ssh: handshake failed: ssh: host key mismatch$/,
  );
  expect(messages()).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
});

test("a host key that is none is refused before the first dial", async () => {
  await expect(says({ hostKey: "s3cret" })).rejects.toThrow(/^hostKey: must be one public key/);
});

test("a key that the server does not know is dialled with again, too", async () => {
  const before = sshd.connections();
  const stranger = readFileSync(join(sshd.dir, "other"), "utf8");
  const error = await says({ privateKey: stranger, dialErrorLimit: 1 }).catch(
    (caught: Error) => caught.message,
  );
  expect(error).toMatch(
    /^after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods \[none publickey\]/,
  );
  expect(error).not.toContain("PRIVATE KEY");
  expect(sshd.connections() - before).toBe(2);
});

test("a key with a password needs it, and only then", async () => {
  const locked = join(sshd.dir, "locked");
  copyFileSync(sshd.clientKeyFile, locked);
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "s3cret", "-f", locked]);
  const privateKey = readFileSync(locked, "utf8");
  expect(await says({ privateKey, privateKeyPassword: "s3cret" })).toBe("hello");
  await expect(says({ privateKey })).rejects.toThrow(/^ssh: privateKey: /);
  await expect(says({ privateKey, privateKeyPassword: "wr0ng" })).rejects.toThrow(
    /^ssh: privateKey: (?!.*wr0ng)/,
  );
  await expect(says({ privateKeyPassword: "s3cret" })).rejects.toThrow(/not password protected$/);
  await expect(says({ privateKey: "s3cret" })).rejects.toThrow(/^ssh: privateKey: (?!.*s3cret)/);
});

test("an agent is used without a key, and must answer even beside one", async () => {
  const socket = join(sshd.dir, "agent");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  later.push(() => agent.kill());
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  await until("ssh-agent to take the key", 10_000, () => {
    try {
      execFileSync("ssh-add", ["-q", sshd.clientKeyFile], { env, stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
  const inputs = await hello({ agentSocketPath: socket });
  const { privateKey: _, ...keyless } = (inputs.connection as ReturnType<typeof secret>).value as Values;
  expect((await plugin.create({ ...inputs, connection: secret(keyless) })).outputs.stdout).toBe("hello");
  await expect(says({ agentSocketPath: `${socket}-dead` })).rejects.toThrow(/^SSH agent: .*ENOENT/);

  const dead = await Plugin.start("command:remote:Command", { SSH_AUTH_SOCK: `${socket}-dead` });
  later.push(() => dead.stop());
  await expect(dead.create(await hello({}, dead))).rejects.toThrow(/^SSH agent: .*ENOENT/);
  const named = await hello({ agentSocketPath: socket }, dead);
  expect((await dead.create(named)).outputs.stdout).toBe("hello");
});

test("a password is offered as such, and to a server that asks for it", async () => {
  for (const method of ["password", "keyboard-interactive"]) {
    const server = passwordServer(method, "s3cret");
    later.push(() => server.close());
    await until("the password server to listen", 10_000, () => server.address() !== null);
    const { port } = server.address() as AddressInfo;
    const inputs = await hello({ port, password: "s3cret", dialErrorLimit: 0 });
    expect((await plugin.create(inputs)).outputs.stdout).toBe(method);
    const wrong = plugin.create(await hello({ port, password: "wr0ng", dialErrorLimit: 0 }));
    await expect(wrong).rejects.toThrow(/^after 0 failed attempts: ssh: handshake failed: (?!.*wr0ng)/);
  }
});

/** OpenSSH takes passwords only of the machine's own accounts, which a test leaves alone. */
function passwordServer(method: string, password: string): ssh2.Server {
  const hostKeys = [readFileSync(join(sshd.dir, "host"))];
  const server = new ssh2.Server({ hostKeys }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (attempt) => {
      const verdict = (right: boolean) => (right ? attempt.accept() : attempt.reject([method as "password"]));
      if (attempt.method !== method) verdict(false);
      else if (attempt.method === "password") verdict(attempt.password === password);
      else if (attempt.method === "keyboard-interactive") {
        attempt.prompt([{ prompt: "Password:", echo: false }], (answers) => verdict(answers[0] === password));
      }
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec) => {
        const channel = acceptExec();
        channel.write(method);
        channel.exit(0);
        channel.end();
      });
    });
  });
  return server.listen(0, "127.0.0.1");
}
