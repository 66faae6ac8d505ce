import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import type { Context } from "../provider";
import { type Credentials, credentials } from "./credentials";
import { reasonOf } from "./failure";
import { expected, type HostKey } from "./hostKey";
import type { Connection, Endpoint } from "./inputs";
import { dialWithRetry } from "./retry";

/** A connection, and how to end it with everything under it. */
interface Connected {
  client: Client;
  close(): void;
}

/**
 * Connects to a machine, directly or through its proxy.
 *
 * Source: pulumi-command 1.2.1, remote/connection.go. The original keeps every connection until the plugin
 * ends; here it ends with its command.
 */
export async function dial(connection: Connection, context: Context): Promise<Connected> {
  const way = await login(connection);
  if (connection.proxy !== undefined) return dialThrough(connection.proxy, connection, way, context);
  const client = await dialWithRetry("Dial", connection.dialErrorLimit, context, async () =>
    handshake(await connect(connection), connection, way),
  );
  return { client, close: () => client.end() };
}

async function dialThrough(proxy: Endpoint, to: Endpoint, way: Login, context: Context): Promise<Connected> {
  let outer: Client | undefined;
  try {
    const proxyWay = await login(proxy);
    const opened = await dialWithRetry("Dial proxy", proxy.dialErrorLimit, context, async () =>
      handshake(await connect(proxy), proxy, proxyWay),
    );
    outer = opened;
    const tunnel = await dialWithRetry("Dial from proxy", to.dialErrorLimit, context, () =>
      forward(opened, to),
    );
    // One tunnel carries one handshake: later tries, as in the original, can only fail again.
    const inner = handshake(tunnel, to, way);
    const client = await dialWithRetry("Dial", to.dialErrorLimit, context, () => inner);
    const close = () => {
      client.end();
      opened.end();
    };
    return { client, close };
  } catch (error) {
    outer?.end();
    throw new Error(`proxy: ${reasonOf(error)}`);
  }
}

interface Login {
  credentials: Credentials;
  hostKey: HostKey | undefined;
}

async function login(to: Endpoint): Promise<Login> {
  return { hostKey: expected(to.hostKey), credentials: await credentials(to) };
}

/** A TCP connection. `perDialTimeout` (0: none) covers this and nothing after it. */
function connect({ host, port, perDialTimeout }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port }, () => resolve(socket.setTimeout(0)));
    socket.setTimeout(perDialTimeout * 1000, () => {
      socket.destroy(new Error(`dial tcp ${host}:${port}: i/o timeout after ${perDialTimeout} s`));
    });
    socket.on("error", reject);
  });
}

function forward(proxy: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
}

/** SSH over a stream. It has no time limit, neither here nor in the original. */
function handshake(
  sock: Duplex,
  { user, password }: Endpoint,
  { credentials, hostKey }: Login,
): Promise<Client> {
  const { methods, ...settings } = credentials;
  const client = new Client();
  let mismatch = false;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`ssh: handshake failed: ${reason}`));
    client.on("ready", () => resolve(client));
    client.on("error", (error) => fail(mismatch ? "ssh: host key mismatch" : inGo(error, methods)));
    client.on("close", () => fail("the connection was closed"));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => password ?? "")),
    );
    client.connect({
      ...settings,
      username: user,
      authHandler: methods,
      sock,
      readyTimeout: 0,
      ...(hostKey && { algorithms: { serverHostKey: hostKey.algorithms } }),
      hostVerifier: (key: Buffer) => {
        mismatch = hostKey !== undefined && !key.equals(hostKey.blob);
        return !mismatch;
      },
    });
  });
}

/** The words of golang.org/x/crypto/ssh for a refused login, which users of the original know; others as they are. */
function inGo(error: Error & { level?: string }, methods: readonly string[]): string {
  if (error.level !== "client-authentication") return error.message;
  return `ssh: unable to authenticate, attempted methods [${methods.join(" ")}], no supported methods remain`;
}
