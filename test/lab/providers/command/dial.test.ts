import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { secret, type Values } from "../../../../lab/providers/wire";
import { Plugin } from "../plugin";
import { freePort, Sshd, until } from "../sshd";

let plugin: Plugin;
let sshd: Sshd;
const later: (() => void)[] = [];
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

/** A checked command that says hello over a connection; unset fields are left out. */
async function hello(fields: Values, using: Plugin = plugin): Promise<Values> {
  const connection = { host: "127.0.0.1", port: sshd.port, privateKey: sshd.clientKey, ...fields };
  const { inputs, failures } = await using.check({ connection: secret(connection), create: "echo hello" });
  expect(failures).toEqual([]);
  return inputs;
}

async function says(fields: Values, options = {}): Promise<unknown> {
  return (await plugin.create(await hello(fields), options)).outputs.stdout;
}

const messages = () => plugin.logged.map(({ message }) => message);

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
