import { reasonOf } from "../log";
import type { Frame } from "./frames";
import { packFiles, unpackFiles } from "./frames";
import { type Generation, parseHead } from "./generation";
import type { Layout } from "./layout";
import type { Peer, Tidings } from "./peer";
import { Refused } from "./refused";

/** An answer before it has the number of its question. */
export interface Answer {
  head: Record<string, unknown>;
  body?: Buffer;
}

/** How long each question may take, milliseconds. */
const LIMITS = { exchange: 3000, prepare: 30_000, commit: 25_000, fetch: 30_000 };

/** Asks one question; rejects when there is no connection, or no answer in time. */
export type Ask = (
  head: Record<string, unknown>,
  body: Buffer | undefined,
  limitMs: number,
) => Promise<Frame>;

/** A stream of generations, by the name that it has between the nodes. */
export interface Stream {
  name: string;
  layout: Layout;
}

/** The peer at the other end of a connection. */
export function peerOver(ask: Ask, { name: stream, layout }: Stream): Peer {
  const question = async (
    verb: keyof typeof LIMITS,
    more: Record<string, unknown>,
    body?: Buffer,
  ): Promise<Frame> => {
    const answer = await ask({ verb, stream, ...more }, body, LIMITS[verb]);
    const { refused, failed } = answer.head;
    if (typeof refused === "string") throw new Refused(refused);
    if (typeof failed === "string") throw new Error(failed);
    return answer;
  };
  return {
    exchange: async (mine) => tidingsOf((await question("exchange", { tidings: mine })).head.tidings),
    async prepare({ head, parts }) {
      await question("prepare", { head }, packFiles(layout.together(parts)));
    },
    async commit(id) {
      await question("commit", { id });
    },
    fetch: async (id) => generationOf(await question("fetch", { id }), layout),
  };
}

/** Answers a question of the peer's; what is none of these four is refused. */
export async function answerTo(peer: Peer, { head, body }: Frame, { layout }: Stream): Promise<Answer> {
  try {
    switch (head.verb) {
      case "exchange":
        return { head: { tidings: await peer.exchange(tidingsOf(head.tidings)) } };
      case "prepare":
        await peer.prepare(generationOf({ head, body }, layout));
        return { head: {} };
      case "commit":
        await peer.commit(String(head.id));
        return { head: {} };
      case "fetch": {
        const { head: own, parts } = await peer.fetch(String(head.id));
        return { head: { head: own }, body: packFiles(layout.together(parts)) };
      }
      default:
        throw new Refused("no such question");
    }
  } catch (error) {
    return { head: { [error instanceof Refused ? "refused" : "failed"]: reasonOf(error) } };
  }
}

function tidingsOf(value: unknown): Tidings {
  const { node, master, head, refusal } = (value ?? {}) as Tidings;
  return {
    node: String(node),
    master: master === true,
    ...(head && { head: parseHead(JSON.stringify(head)) }),
    ...(refusal && {
      refusal: { stack: String(refusal.stack), reason: String(refusal.reason), age: Number(refusal.age) },
    }),
  };
}

const generationOf = ({ head, body }: Frame, layout: Layout): Generation => ({
  head: parseHead(JSON.stringify(head.head)),
  parts: layout.apart(unpackFiles(body)),
});
