import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { credentials, makeGenericClientConstructor, type ServiceDefinition } from "@grpc/grpc-js";
import WebSocket from "ws";
import { echoService } from "./echo-service";

/** Clients that curl is not, run in the lab's client; prints one JSON value. Arguments: WHAT ADDRESS CA-FILE */
const [what = "", address = "", caFile = ""] = process.argv.slice(2);
const host = "www.example.org";
const ca = readFileSync(caFile);

const work: Record<string, () => Promise<unknown>> = {
  async websocket() {
    const options = { ca, servername: host, headers: { host } };
    const socket = new WebSocket(`wss://${address}/messages/`, options);
    await new Promise((done, failed) => socket.once("open", done).once("error", failed));
    const answers: string[] = [];
    for (const text of ["one", "two"]) {
      socket.send(text);
      answers.push(await new Promise((done) => socket.once("message", (answer) => done(String(answer)))));
    }
    socket.close();
    return answers;
  },

  async grpc() {
    const Client = makeGenericClientConstructor(echoService as ServiceDefinition, "edge.Echo");
    const options = { "grpc.ssl_target_name_override": host, "grpc.default_authority": host };
    // biome-ignore lint/suspicious/noExplicitAny: methods come from the definition
    const client = new Client(`${address}:443`, credentials.createSsl(ca), options) as any;
    const said = await new Promise((done, failed) =>
      client.say(Buffer.from("hello"), (error: Error | null, answer: Buffer) =>
        error ? failed(error) : done(String(answer)),
      ),
    );
    const chat = client.chat();
    const heard: string[] = [];
    for (const text of ["a", "b", "c"]) {
      chat.write(Buffer.from(text));
      heard.push(await new Promise((done) => chat.once("data", (answer: Buffer) => done(String(answer)))));
    }
    chat.end();
    client.close();
    return [said, heard];
  },

  /** Many connections that send a header now and then and never end it; how many are there after 14 s. */
  async slow() {
    let open = 0;
    const sockets: Socket[] = Array.from({ length: 400 }, () => {
      const socket = connect(80, address, () => {
        open++;
        socket.write("GET / HTTP/1.1\r\nHost: slow\r\n");
      });
      return socket.on("error", () => {}).on("close", () => open--);
    });
    const drip = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write("X: y\r\n");
    }, 1_000);
    await new Promise((done) => setTimeout(done, 3_000));
    const before = open;
    await new Promise((done) => setTimeout(done, 11_000));
    clearInterval(drip);
    const after = open;
    for (const socket of sockets) socket.destroy();
    return { before, after };
  },

  /** A body that stops in the middle; how many milliseconds until the connection is gone. */
  async slowBody() {
    const socket = connect(80, address);
    socket.write("POST / HTTP/1.1\r\nHost: slow\r\nContent-Length: 100\r\n\r\nhalf of it");
    const begin = performance.now();
    await new Promise((done) =>
      socket
        .on("error", () => {})
        .on("data", () => {})
        .once("close", done),
    );
    return Math.round(performance.now() - begin);
  },

  /** The statuses for the name of the connection and for one that no site has, on one connection by HTTP/2. */
  async misdirected() {
    const session = connectHttp2(`https://${address}`, { ca, servername: host });
    const status = (authority: string) =>
      new Promise((done, failed) => {
        const request = session.request({ ":authority": authority, ":path": "/text" });
        request.once("response", (headers) => done(headers[":status"])).once("error", failed);
        request.resume().end();
      });
    const statuses = [await status(host), await status("other.example.net")];
    session.close();
    return statuses;
  },

  /** The ids that the backend gets of many requests under way at once on one connection by HTTP/2. */
  async ids() {
    const session = connectHttp2(`https://${address}`, { ca, servername: host });
    const id = async () => {
      const request = session.request({ ":authority": host, ":path": "/headers/" });
      let body = "";
      for await (const chunk of request) body += chunk;
      return JSON.parse(body)["x-request-id"];
    };
    const ids = await Promise.all(Array.from({ length: 200 }, id));
    session.close();
    return ids;
  },

  async datagram() {
    const socket = createSocket("udp4");
    const answer = new Promise((done) => socket.once("message", (message) => done(String(message))));
    socket.send("hello", 7001, address);
    return answer.finally(() => socket.close());
  },
};

const limit = setTimeout(() => {
  console.error(`${what} took more than 30 s`);
  process.exit(1);
}, 30_000);
(work[what] ?? (() => Promise.reject(new Error(`no client ${what}`))))().then(
  (result) => {
    clearTimeout(limit);
    console.log(JSON.stringify(result));
  },
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
