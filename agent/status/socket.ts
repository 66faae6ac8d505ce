import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";

/** Answers on a Unix socket that only root and the agent can open: `GET /status`. No network port is opened. */
export function serveStatus(path: string, status: () => object): void {
  rmSync(path, { force: true });
  const server = createServer((request, response) => {
    if (request.url !== "/status") return response.writeHead(404).end();
    const body = `${JSON.stringify(status(), null, 2)}\n`;
    return response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  server.listen(path, () => chmodSync(path, 0o600));
}
