import { Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from "@grpc/grpc-js";

const bytes = (value: Buffer): Buffer => value;
const message = {
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
};

/** A gRPC service whose messages are bytes: one call, and one conversation. */
export const echoService = {
  say: { path: "/edge.Echo/Say", requestStream: false, responseStream: false, ...message },
  chat: { path: "/edge.Echo/Chat", requestStream: true, responseStream: true, ...message },
};

const say: UntypedHandleCall = (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) =>
  done(null, Buffer.concat([Buffer.from("echo "), call.request]));
// biome-ignore lint/suspicious/noExplicitAny: a stream of either kind
const chat: UntypedHandleCall = (stream: any) => {
  stream.on("data", (message: Buffer) => stream.write(message));
  stream.on("end", () => stream.end());
  stream.on("error", () => {});
};

/** Serves it on 50051: a call's answer is `echo ` and what was said, a conversation's each message again. */
export function serveEcho(ready: () => void): void {
  const server = new Server();
  server.addService(echoService as ServiceDefinition, { say, chat });
  server.bindAsync("0.0.0.0:50051", ServerCredentials.createInsecure(), ready);
}
