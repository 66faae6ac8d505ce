import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from "@grpc/grpc-js";
import { WebSocketServer } from "ws";
import { echoService } from "./echo-service";

/**
 * Backends of the tests that the lab's nginx cannot be, in one process: HTTP with WebSocket and events on 8081, datagrams
 * on 7002, gRPC on 50051. Prints `ready`; ends when its stdin does.
 */
const http = createServer((request, response) => {
  if (request.url?.startsWith("/events/")) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: first\n\n");
    setTimeout(() => response.end("data: last\n\n"), 3_000);
  } else if (request.url?.startsWith("/few/")) {
    setTimeout(() => response.end("served\n"), 6_000);
  } else {
    response.end(JSON.stringify(request.headers));
  }
});
new WebSocketServer({ server: http }).on("connection", (socket) =>
  socket.on("message", (message) => socket.send(`echo ${message}`)),
);

const datagrams = createSocket("udp4");
datagrams.on("message", (message, from) => datagrams.send(`echo ${message}`, from.port, from.address));

const say: UntypedHandleCall = (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) =>
  done(null, Buffer.concat([Buffer.from("echo "), call.request]));
// biome-ignore lint/suspicious/noExplicitAny: a stream of either kind
const chat: UntypedHandleCall = (stream: any) => {
  stream.on("data", (message: Buffer) => stream.write(message));
  stream.on("end", () => stream.end());
};
const grpc = new Server();
grpc.addService(echoService as ServiceDefinition, { say, chat });

http.listen(8081, () =>
  datagrams.bind(7002, () =>
    grpc.bindAsync("0.0.0.0:50051", ServerCredentials.createInsecure(), () => console.log("ready")),
  ),
);
process.stdin.resume().once("end", () => process.exit(0));
