import { chownSync, rmSync } from "node:fs";
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer } from "node:net";
import { encodeFrame, type Frame, readFrames } from "./frames";
import type { Answer } from "./protocol";

/** Answers to the peer's questions, by the stream that they are about. */
export type Answers = Readonly<Record<string, (frame: Frame) => Promise<Answer>>>;

/**
 * The Unix socket to which the peer's one SSH command leads; nobody but root and the group can open it.
 * @param came called when a peer has connected
 */
export function servePeer(path: string, group: number, answers: Answers, came: () => void): void {
  const server = createServer((socket) => {
    came();
    readFrames(
      socket,
      async (frame) => {
        const { stream, number } = frame.head;
        const answer = Object.hasOwn(answers, String(stream)) ? answers[String(stream)] : undefined;
        const { head, body } = (await answer?.(frame)) ?? NO_STREAM;
        if (!socket.destroyed) socket.write(encodeFrame({ ...head, number }, body));
      },
      () => socket.destroy(),
    );
  });
  listenPrivately(server, path, 0o117, () => chownSync(path, 0, group));
}

const NO_STREAM: Answer = { head: { refused: "no such question" } };

/** What came of a question of root's: the HTTP status, one line for people, an object for programs. */
export interface Answered {
  status: number;
  line: string;
  body: object;
}
export type Control = (url: URL) => Promise<Answered>;

/** Root's socket. With `text` in the query the answer is the line. */
export function serveControl(path: string, control: Control): void {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://sync");
    const { status, line, body } = await control(url);
    const text = url.searchParams.has("text") ? line : JSON.stringify({ message: line, ...body });
    response.writeHead(status).end(`${text}\n`);
  };
  listenPrivately(createHttp(answer), path, 0o177, () => {});
}

/** A socket is never there with more rights than these: it is made before `listen` returns. */
function listenPrivately(
  server: Server | ReturnType<typeof createServer>,
  path: string,
  mask: number,
  then: () => void,
): void {
  rmSync(path, { force: true });
  const before = process.umask(mask);
  server.listen(path, then);
  process.umask(before);
}
