import { chmod } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { removeTree } from "../../host/files";

/** What the Region's process does on request; one per path. The answer is shown as JSON. */
export type Commands = Record<string, (body: unknown) => unknown | Promise<unknown>>;

/** Serves the commands on a socket that only root can reach. */
export async function serveControl(socket: string, commands: Commands): Promise<Server> {
  await removeTree(socket);
  const server = createServer(async (incoming, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const command = commands[(incoming.url ?? "").slice(1)];
      if (!command) throw new Error(`no command ${incoming.url}`);
      const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
      response.end(JSON.stringify((await command(body)) ?? null));
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ error: (error as Error).message }));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  await chmod(socket, 0o600);
  return server;
}

/** Asks the Region's process to do something. */
export function control<T>(
  socketPath: string,
  command: string,
  body?: unknown,
  limitMs = 60_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath, path: `/${command}`, method: "POST", timeout: limitMs },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const answer = JSON.parse(text) as T & { error?: string };
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`the Region: ${answer.error}`));
        });
      },
    );
    asked.on("timeout", () =>
      asked.destroy(new Error(`the Region did not answer ${command} in ${limitMs / 1000} s`)),
    );
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
