import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { WebSocketServer } from "ws";
import { serveEcho } from "../edge/echo-service";
import { block, CHUNK } from "./content";

/**
 * The backend of long connections, in one process: on 8081 HTTP (a download that takes its time, an upload, WebSocket), on
 * 7002 TCP that says everything again, on 50051 gRPC. Prints `ready`; ends when its stdin does.
 */
const http = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://backend");
  if (url.pathname === "/download") {
    const given = (key: string): number => Number(url.searchParams.get(key));
    const [chunks, everyMs, atOnce] = [given("chunks"), given("every"), given("at-once") || 1];
    response.writeHead(200, { "content-length": chunks * CHUNK });
    let sent = 0;
    const timer = setInterval(() => {
      if (sent === chunks) {
        clearInterval(timer);
        response.end();
      } else if (!response.writableNeedDrain)
        for (let count = 0; count < atOnce && sent < chunks; count++) response.write(block(sent++));
    }, everyMs);
    response.on("close", () => clearInterval(timer));
  } else if (url.pathname === "/upload") {
    const hash = createHash("sha256");
    request.on("data", (part) => hash.update(part)).on("end", () => response.end(hash.digest("hex")));
  } else response.end('{"backend":"long"}\n');
});
new WebSocketServer({ server: http }).on("connection", (socket) =>
  socket.on("message", (message) => socket.send(`${message}`)),
);

const tcp = createTcpServer((socket) => socket.on("error", () => {}).pipe(socket));

http.listen(8081, () => tcp.listen(7002, () => serveEcho(() => console.log("ready"))));
process.stdin.resume().once("end", () => process.exit(0));
