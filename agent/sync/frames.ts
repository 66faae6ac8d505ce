import type { Readable } from "node:stream";

/** One question or answer on the connection between the nodes: a line of JSON, and bytes that belong to it. */
export interface Frame {
  head: Record<string, unknown>;
  body: Buffer;
}

const MOST_HEAD = 256 * 1024;
const MOST_BODY = 96 * 1024 * 1024;
const NEWLINE = 10;

export function encodeFrame(head: Record<string, unknown>, body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, length: body.length })}\n`), body]);
}

/** Tells of every frame that arrives, and of the end: a stream that ended, or one that speaks another language. */
export function readFrames(
  stream: Readable,
  tell: (frame: Frame) => void,
  end: (reason: string) => void,
): void {
  let parts: Buffer[] = [];
  let have = 0;
  let head: Head | undefined;
  let over = false;

  const finish = (reason: string): void => {
    if (over) return;
    over = true;
    end(reason);
  };
  /** Takes the next frame out of what has arrived; whether there was one. */
  const next = (): boolean => {
    if (!head) {
      const [last = Buffer.alloc(0)] = parts.slice(-1);
      if (!last.includes(NEWLINE)) {
        if (have > MOST_HEAD) throw new Error("a line is too long");
        return false;
      }
      const all = Buffer.concat(parts);
      const at = all.indexOf(NEWLINE);
      head = headIn(all.subarray(0, at).toString());
      parts = [all.subarray(at + 1)];
      have = all.length - at - 1;
    }
    if (!head || have < head.length) return false;
    const all = Buffer.concat(parts);
    const frame = { head, body: all.subarray(0, head.length) };
    parts = [all.subarray(head.length)];
    have = all.length - head.length;
    head = undefined;
    tell(frame);
    return have > 0;
  };

  stream.on("data", (part: Buffer) => {
    if (over) return;
    parts.push(part);
    have += part.length;
    try {
      while (next());
    } catch (error) {
      finish(error instanceof Error ? error.message : String(error));
    }
  });
  stream.on("end", () => finish("the connection ended"));
  stream.on("error", (error: Error) => finish(error.message));
  stream.on("close", () => finish("the connection ended"));
}

type Head = Record<string, unknown> & { length: number };

function headIn(line: string): Head {
  const head = JSON.parse(line) as Head;
  if (Number.isInteger(head?.length) && head.length >= 0 && head.length <= MOST_BODY) return head;
  throw new Error("a frame has no length that is taken");
}

/** A generation's files as bytes, and back. */
export const packFiles = (files: ReadonlyMap<string, Buffer>): Buffer =>
  Buffer.from(JSON.stringify([...files].map(([path, content]) => [path, content.toString("base64")])));

export function unpackFiles(bytes: Buffer): Map<string, Buffer> {
  const entries = JSON.parse(bytes.toString()) as [string, string][];
  return new Map(entries.map(([path, content]) => [String(path), Buffer.from(content, "base64")]));
}
