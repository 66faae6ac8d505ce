import { connect } from "node:net";

/** Where nginx answers for itself, without any backend. */
export interface Probed {
  address: string;
  port: number;
  /** The server name that only health questions have. */
  healthName: string;
}

/** Asks nginx over a fresh connection; the answer's body, or nothing after the deadline or an error. */
export function ask({ address, port, healthName }: Probed, path: string, limitMs: number) {
  return new Promise<string | undefined>((resolve) => {
    let text = "";
    const socket = connect({ host: address, port });
    const end = (answer?: string): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    // After what has arrived meanwhile: that we came late ourselves is nobody's failure.
    const late = setTimeout(() => setImmediate(() => end()), limitMs);
    socket.on("connect", () => socket.write(`GET ${path} HTTP/1.0\r\nHost: ${healthName}\r\n\r\n`));
    socket.setEncoding("latin1").on("data", (part) => {
      text += part;
      const body = bodyOf(text);
      if (body !== undefined) end(body);
    });
    socket.on("error", () => end());
    socket.on("close", () => end());
  });
}

/** The body of an answer that is there in full, and good. */
function bodyOf(text: string): string | undefined {
  const [head = "", body] = text.split("\r\n\r\n");
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  if (body === undefined || !head.startsWith("HTTP/1.1 200 ") || !(body.length >= length)) return undefined;
  return body;
}

/**
 * One round: as many connections at once as reach every worker very probably. One that hangs while the others answer
 * is a hang for its share of the clients.
 */
export async function answers(nginx: Probed, connections: number, limitMs: number): Promise<boolean> {
  const all = await Promise.all(Array.from({ length: connections }, () => ask(nginx, "/", limitMs)));
  return all.every((answer) => answer !== undefined);
}
