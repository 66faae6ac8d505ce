import { createServer } from "node:http";
import type { AddressInfo, Server as Listener } from "node:net";
import type { RegionRunner } from "../api/region-runner";
import type { Faults } from "../faults";
import { handle } from "./handle";
import type { Rotation } from "./rotation";

export interface ImdsServer {
  port: number;
  close(): Promise<void>;
}

interface Of {
  runner: RegionRunner;
  faults: Faults;
  /** Whoever reaches this listener is this instance: it is bound where nobody else can. */
  instanceId: string;
  rotation?: Rotation;
  now?: () => number;
}

/** Serves one instance's metadata at an address, or where somebody listens already for this instance alone. */
export async function serveImds(
  of: Of,
  listen: { host: string; port?: number } | { listener: Listener },
): Promise<ImdsServer> {
  const { runner, faults, instanceId, rotation, now = Date.now } = of;
  const server = createServer((request, response) => {
    request.resume();
    if (faults.imds === "silent") return;
    if (faults.imds === "failing") {
      response.writeHead(503).end();
      return;
    }
    const headers = request.headers as Record<string, string | undefined>;
    const view = {
      region: runner.state(),
      instanceId,
      now: now(),
      revokedBefore: faults.revokedBefore,
      rotation,
    };
    const [path = "/"] = (request.url ?? "/").split("?");
    const answer = handle({ method: request.method ?? "", path, headers }, view);
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if ("listener" in listen) server.listen(listen.listener, () => resolve());
    else server.listen(listen.port ?? 80, listen.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
