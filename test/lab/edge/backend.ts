import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { serveEcho } from "./echo-service";

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

http.listen(8081, () => datagrams.bind(7002, () => serveEcho(() => console.log("ready"))));
process.stdin.resume().once("end", () => process.exit(0));
