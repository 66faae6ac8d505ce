import {
  createServer as createHttp,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server as Listener } from "node:net";
import { answer, type Endpoint, type HttpAnswer } from "./answer";
import type { Certificate } from "./certificate";

export interface ApiServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

const LARGEST_BODY = 1_048_576;

/**
 * Serves the API at an address; without a certificate over plain HTTP, which is for tests only.
 * `listener` listens there already, in another network namespace.
 */
export async function serveApi(
  endpoint: Endpoint,
  options: { host: string; port?: number; certificate?: Certificate; listener?: Listener },
): Promise<ApiServer> {
  const listener: RequestListener = (request, response) => {
    void reply(request, endpoint)
      .catch((error: Error) => {
        console.error(`The Region's API failed: ${error.stack}`);
        return { status: 500, requestId: "", body: "" };
      })
      .then(({ status, requestId, body, contentType = "text/xml;charset=UTF-8" }: HttpAnswer) => {
        const headers = { "content-type": contentType, "x-amzn-requestid": requestId };
        response.writeHead(status, headers).end(body);
      });
  };
  const { host, port = 0, certificate, listener: there } = options;
  const server: Server = certificate
    ? createHttps({ key: certificate.key, cert: certificate.cert }, listener)
    : createHttp(listener);
  // Clients keep a connection warm with a describe every 20 s; the server must not be the one that drops it.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (there) server.listen(there, () => resolve());
    else server.listen(port, host, () => resolve());
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `${certificate ? "https" : "http"}://${host}:${bound}`,
    port: bound,
    close: () => close(server),
  };
}

async function reply(request: IncomingMessage, endpoint: Endpoint): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return { status: 413, requestId: "", body: "" };
    chunks.push(chunk);
  }
  const [path = "/", query = ""] = (request.url ?? "/").split("?");
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );
  const body = Buffer.concat(chunks).toString();
  return answer({ method: request.method ?? "", path, query, headers, body }, endpoint);
}

/** Ends with everything that still waits. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
