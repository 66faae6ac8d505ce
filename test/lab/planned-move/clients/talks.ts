import { connect } from "node:net";
import { credentials, makeGenericClientConstructor, type ServiceDefinition } from "@grpc/grpc-js";
import WebSocket from "ws";
import { echoService } from "../../edge/echo-service";
import { conversation, established, heard, lostBy } from "./conversation";
import { address, authority, host } from "./kind";

export const websocket = (to: string) => async () => {
  const socket = new WebSocket(`ws://${authority(to)}/long/socket`, { headers: { host } });
  await new Promise((done, failed) => socket.once("open", done).once("error", failed));
  const answerTo = async (text: string): Promise<string> => {
    socket.send(text);
    return new Promise((done) => socket.once("message", (answer) => done(String(answer))));
  };
  const talk = conversation(answerTo, 5, lostBy(socket));
  return { end: () => talk.end().finally(() => socket.close()) };
};

export const tcp = (to: string) => async () => {
  const socket = await established(connect(7000, to));
  const answerTo = (text: string): Promise<string> => {
    socket.write(text);
    return heard(socket);
  };
  const talk = conversation(answerTo, 5, lostBy(socket));
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
  const answerTo = (text: string): Promise<string> => {
    const answer = new Promise<string>((done) => chat.once("data", (part: Buffer) => done(String(part))));
    chat.write(Buffer.from(text));
    return answer;
  };
  const talk = conversation(answerTo, 20, lostBy(chat));
  return {
    end: () =>
      talk.end().finally(() => {
        chat.end();
        client.close();
      }),
  };
}
