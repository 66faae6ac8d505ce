import { createHash } from "node:crypto";
import { request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { credentials, makeGenericClientConstructor, type ServiceDefinition } from "@grpc/grpc-js";
import WebSocket from "ws";
import { echoService } from "../edge/echo-service";
import { block, CHUNK } from "./content";

/**
 * Long connections of every kind, in the lab's client. Prints `ready` when all are established, and when a line comes on
 * stdin it ends those that would go on for ever, waits for the others and prints what became of each as one line of JSON.
 * Arguments: ADDRESS IDLE (how many connections that say nothing) CHUNKS (blocks of a transfer) EVERY_MS (from one to the next)
 */
const [address = "", idleCount = "0", chunkCount = "0", every = "0"] = process.argv.slice(2);
const host = "www.example.org";
const chunks = Number(chunkCount);
const everyMs = Number(every);

/** What became of one: how many answers, the longest wait for one, and why it ended before its time. */
export interface Became {
  answers: number;
  longestMs: number;
  error?: string;
}

/** A connection that was established; `end` says what became of it. */
type Kind = () => Promise<{ end(): Promise<Became> }>;

let over = false;

/** Asks again and again, one question at a time, until all is over. */
function conversation(
  answerTo: (text: string) => Promise<string>,
  pauseMs: number,
): { end(): Promise<Became> } {
  const became: Became = { answers: 0, longestMs: 0 };
  const talk = (async () => {
    while (!over) {
      const text = `${became.answers}.`;
      const start = performance.now();
      const answer = await within(10_000, answerTo(text));
      if (answer !== text) throw new Error(`asked ${text}, got ${answer}`);
      became.answers++;
      became.longestMs = Math.max(became.longestMs, performance.now() - start);
      await sleep(pauseMs);
    }
  })().catch((error: Error) => {
    became.error = error.message;
  });
  return { end: () => talk.then(() => became) };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = sleep(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`no answer in ${limitMs} ms`);
  });
  return Promise.race([work, late]).finally(() => limit.abort());
}

const established = (socket: Socket, event = "connect"): Promise<Socket> =>
  new Promise((done, failed) => socket.once(event, () => done(socket)).once("error", failed));

/** The next text of a socket; an end or an error is one, too. */
const heard = (socket: Socket): Promise<string> =>
  new Promise((done, failed) => {
    const lost = (error?: Error): void => failed(error ?? new Error("closed"));
    socket.once("data", (data) => {
      socket.off("error", lost).off("end", lost);
      done(String(data));
    });
    socket.once("error", lost).once("end", lost);
  });

/** The bytes of a whole transfer, as one hash. */
function expected(): string {
  const hash = createHash("sha256");
  for (let index = 0; index < chunks; index++) hash.update(block(index));
  return hash.digest("hex");
}

const judged = (got: string, bytes: number): Became => ({
  answers: bytes / CHUNK,
  longestMs: 0,
  ...(got !== expected() && { error: `other content: ${bytes} bytes` }),
});

const kinds: Record<string, Kind> = {
  async download() {
    const hash = createHash("sha256");
    let bytes = 0;
    const path = `/long/download?chunks=${chunks}&every=${everyMs}`;
    const asked = request({ host: address, path, headers: { host }, agent: false }).end();
    const whole = new Promise<Became>((done) => {
      const failed = (error: Error): void =>
        done({ answers: bytes / CHUNK, longestMs: 0, error: error.message });
      asked.on("error", failed);
      asked.on("response", (response) => {
        response.on("data", (part: Buffer) => {
          hash.update(part);
          bytes += part.length;
        });
        response.on("error", failed).on("end", () => done(judged(hash.digest("hex"), bytes)));
      });
    });
    await new Promise((done, failed) => asked.once("response", done).once("error", failed));
    return { end: () => whole };
  },

  async upload() {
    const headers = { host, "content-length": chunks * CHUNK };
    const asked = request({ host: address, path: "/long/upload", method: "POST", headers, agent: false });
    const whole = new Promise<Became>((done) => {
      asked.on("error", (error) => done({ answers: 0, longestMs: 0, error: error.message }));
      asked.on("response", (response) => {
        let text = "";
        response.on("data", (part) => {
          text += part;
        });
        response.on("end", () => done(judged(text, chunks * CHUNK)));
      });
    });
    asked.write(block(0));
    void (async () => {
      for (let index = 1; index < chunks; index++) {
        await sleep(everyMs);
        asked.write(block(index));
      }
      asked.end();
    })();
    return { end: () => whole };
  },

  async websocket() {
    const socket = new WebSocket(`ws://${address}/long/socket`, { headers: { host } });
    await new Promise((done, failed) => socket.once("open", done).once("error", failed));
    const talk = conversation(async (text) => {
      socket.send(text);
      return new Promise((done, failed) => {
        socket.once("message", (answer) => done(String(answer)));
        socket.once("close", (code) => failed(new Error(`closed with ${code}`)));
      });
    }, 5);
    socket.setMaxListeners(0);
    return { end: () => talk.end().finally(() => socket.close()) };
  },

  async tcp() {
    const socket = await established(connect(7000, address));
    const talk = conversation((text) => {
      socket.write(text);
      return heard(socket);
    }, 5);
    return { end: () => talk.end().finally(() => socket.destroy()) };
  },

  async grpc() {
    const Client = makeGenericClientConstructor(echoService as ServiceDefinition, "edge.Echo");
    const verifyOptions = { checkServerIdentity: () => undefined, rejectUnauthorized: false };
    const options = { "grpc.ssl_target_name_override": host, "grpc.default_authority": host };
    const secure = credentials.createSsl(null, null, null, verifyOptions);
    // biome-ignore lint/suspicious/noExplicitAny: methods come from the definition
    const client = new Client(`${address}:443`, secure, options) as any;
    const chat = client.chat();
    const lost = new Promise<never>((_, failed) => chat.on("error", failed));
    lost.catch(() => {});
    const talk = conversation((text) => {
      const answer = new Promise<string>((done) => chat.once("data", (part: Buffer) => done(String(part))));
      chat.write(Buffer.from(text));
      return Promise.race([answer, lost]);
    }, 20);
    return {
      end: () =>
        talk.end().finally(() => {
          chat.end();
          client.close();
        }),
    };
  },

  /** Two streams on one connection, one of which is under way all the time. */
  async http2() {
    const createConnection = () =>
      connectTls({
        host: address,
        port: 443,
        servername: host,
        rejectUnauthorized: false,
        ALPNProtocols: ["h2"],
      });
    const session = connectHttp2(`https://${host}`, { createConnection });
    session.on("error", () => {});
    const streams = [0, 1].map(() => {
      const path = `/long/download?chunks=${chunks}&every=${everyMs}`;
      const hash = createHash("sha256");
      let bytes = 0;
      return new Promise<Became>((done) => {
        const stream = session.request({ ":path": path, ":authority": host });
        stream.on("data", (part: Buffer) => {
          hash.update(part);
          bytes += part.length;
        });
        stream.on("error", (error) => done({ answers: bytes / CHUNK, longestMs: 0, error: error.message }));
        stream.on("end", () => done(judged(hash.digest("hex"), bytes)));
      });
    });
    await new Promise((done, failed) => session.once("connect", done).once("error", failed));
    return {
      end: async () => {
        const all = await Promise.all(streams);
        session.close();
        return all.find(({ error }) => error) ?? all[0] ?? { answers: 0, longestMs: 0, error: "no stream" };
      },
    };
  },

  /** After one request it says nothing: nginx may close it, by an end, never by a reset. */
  async keepalive() {
    const socket = await established(connect(80, address));
    let error: string | undefined;
    let ended = false;
    socket.on("error", (one) => {
      error = one.message;
    });
    socket.on("end", () => {
      ended = true;
    });
    socket.write(`GET /long/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await heard(socket);
    return {
      async end() {
        if (!ended && error === undefined) {
          socket.write(`GET /long/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
          await within(10_000, heard(socket)).catch((one: Error) => {
            if (!ended) error = one.message;
          });
        }
        socket.destroy();
        return { answers: 1, longestMs: 0, ...(error !== undefined && { error }) };
      },
    };
  },

  /** They say nothing for the whole time, and one word at its end. */
  async idle() {
    const sockets: Socket[] = [];
    for (let count = 0; count < Number(idleCount); count++)
      sockets.push((await established(connect(7000, address))).on("error", () => {}));
    return {
      async end() {
        const words = sockets.map((socket) => {
          socket.write("here");
          return within(10_000, heard(socket)).finally(() => socket.destroy());
        });
        const all = await Promise.allSettled(words);
        const lost = all.filter(({ status }) => status === "rejected").length;
        return {
          answers: all.length - lost,
          longestMs: 0,
          ...(lost > 0 && { error: `${lost} of ${all.length} are cut` }),
        };
      },
    };
  },
};

async function main(): Promise<void> {
  const open = new Map<string, { end(): Promise<Became> }>();
  for (const [name, kind] of Object.entries(kinds)) {
    open.set(
      name,
      await within(10_000, kind()).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      }),
    );
  }
  console.log("ready");
  const lines = createInterface({ input: process.stdin });
  await new Promise((done) => lines.once("line", done).once("close", done));
  over = true;
  const all = await Promise.all([...open].map(async ([name, one]) => [name, await one.end()]));
  console.log(JSON.stringify(Object.fromEntries(all)));
  process.exit(0);
}

setTimeout(() => {
  console.error("the clients took more than 5 min");
  process.exit(1);
}, 300_000).unref();

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
