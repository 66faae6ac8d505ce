import { createHash } from "node:crypto";
import { request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { block, CHUNK } from "../content";
import { address, type Became, chunks, everyMs, host } from "./kind";

/** Of the download: 500 MB in the time in which the others have 100. */
const AT_ONCE = 5;

/** The bytes of a whole transfer, as one hash. */
function expected(blocks: number): string {
  const hash = createHash("sha256");
  for (let index = 0; index < blocks; index++) hash.update(block(index));
  return hash.digest("hex");
}

const judged = (got: string, bytes: number, blocks = chunks): Became => ({
  answers: bytes / CHUNK,
  longestMs: 0,
  ...(got !== expected(blocks) && { error: `other content: ${bytes} bytes` }),
});

export async function download() {
  const hash = createHash("sha256");
  let bytes = 0;
  const blocks = chunks * AT_ONCE;
  const path = `/long/download?chunks=${blocks}&every=${everyMs}&at-once=${AT_ONCE}`;
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
      response.on("error", failed).on("end", () => done(judged(hash.digest("hex"), bytes, blocks)));
      response.on("close", () => failed(new Error("closed before its end")));
    });
  });
  await new Promise((done, failed) => asked.once("response", done).once("error", failed));
  return { end: () => whole };
}

export async function upload() {
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
      response.on("close", () => done({ answers: 0, longestMs: 0, error: "closed before its end" }));
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
}

/** Two streams on one connection, one of which is under way all the time. */
export async function http2() {
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
      const failed = (why: string): void => done({ answers: bytes / CHUNK, longestMs: 0, error: why });
      stream.on("error", (error) => failed(error.message));
      stream.on("end", () => done(judged(hash.digest("hex"), bytes)));
      // With the connection: neither of them may have come.
      stream.on("close", () => failed("closed before its end"));
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
}
