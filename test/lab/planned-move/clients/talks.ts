import { connect } from "node:net";
import { credentials, makeGenericClientConstructor, type ServiceDefinition } from "@grpc/grpc-js";
import WebSocket from "ws";
import { echoService } from "../../edge/echo-service";
import { conversation, established, heard } from "./conversation";
import { address, authority, host } from "./kind";

export const websocket = (to: string) => async () => {
  const socket = new WebSocket(`ws://${authority(to)}/long/socket`, { headers: { host } });
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
};

export const tcp = (to: string) => async () => {
  const socket = await established(connect(7000, to));
  const talk = conversation((text) => {
    socket.write(text);
    return heard(socket);
  }, 5);
  return { end: () => talk.end().finally(() => socket.destroy()) };
};

export async function grpc() {
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
}
