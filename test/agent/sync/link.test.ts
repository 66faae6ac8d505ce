import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { encodeFrame, type Frame, readFrames } from "../../../agent/sync/frames";
import { configuration, type Generation } from "../../../agent/sync/generation";
import { nextHead } from "../../../agent/sync/head";
import { Link } from "../../../agent/sync/link";
import type { Peer } from "../../../agent/sync/peer";
import { answerTo, peerOver } from "../../../agent/sync/protocol";
import { Refused } from "../../../agent/sync/refused";
import { treeHash } from "../../../node/sync/tree-hash";

const STREAM = { name: "configuration", layout: configuration };

describe("frames", () => {
  const read = (...parts: Buffer[]): { frames: Frame[]; ends: string[] } => {
    const stream = new PassThrough();
    const frames: Frame[] = [];
    const ends: string[] = [];
    readFrames(
      stream,
      (frame) => frames.push(frame),
      (reason) => ends.push(reason),
    );
    for (const part of parts) stream.emit("data", part);
    return { frames, ends };
  };

  it("arrive whole, however they are cut", () => {
    const both = Buffer.concat([encodeFrame({ a: 1 }, Buffer.from("x\ny")), encodeFrame({ b: 2 })]);
    const bytes = [...both].map((byte) => Buffer.from([byte]));
    for (const parts of [[both], bytes, [both.subarray(0, 20), both.subarray(20)]]) {
      const { frames, ends } = read(...parts);
      expect(frames.map(({ head, body }) => [head, body.toString()])).toEqual([
        [{ a: 1, length: 3 }, "x\ny"],
        [{ b: 2, length: 0 }, ""],
      ]);
      expect(ends).toEqual([]);
    }
  });

  it.each([
    ["no JSON", "hello\n"],
    ["no length", '{"a":1}\n'],
    ["a length that is too much", '{"length":99999999999}\n'],
    ["a negative length", '{"length":-1}\n'],
    ["a line without an end", "x".repeat(300_000)],
  ])("with %s end the connection", (_, text) => {
    expect(read(Buffer.from(text)).ends).toHaveLength(1);
  });
});

describe("the questions", () => {
  const parts = {
    stack: new Map([["stack.json", Buffer.from('{"port":80}')]]),
    sites: new Map([["bytes", Buffer.from([0, 255, 10])]]),
  };
  const head = nextHead(undefined, {
    ...configuration.hashesOf(parts),
    declared: treeHash(parts.stack),
    source: "stack",
    by: "a",
    at: "now",
  });
  const generation: Generation = { head, parts };

  /** A peer, asked over the wire. */
  const over = (peer: Partial<Peer>): Peer =>
    peerOver(async (question, body = Buffer.alloc(0)) => {
      const answer = await answerTo(peer as Peer, { head: question, body }, STREAM);
      return { head: JSON.parse(JSON.stringify(answer.head)), body: answer.body ?? Buffer.alloc(0) };
    }, STREAM);

  it("carry generations as they are, both ways", async () => {
    let got: Generation | undefined;
    const peer = over({
      prepare: async (given) => {
        got = given;
      },
      fetch: async () => generation,
      exchange: async (tidings) => ({ ...tidings, node: "b" }),
    });
    await peer.prepare(generation);
    expect(got).toEqual(generation);
    expect(await peer.fetch("x")).toEqual(generation);
    expect(await peer.exchange({ node: "a", master: true, head })).toEqual({ node: "b", master: true, head });
  });

  it("tell a verdict from a failure", async () => {
    const refusing = over({
      commit: async () => {
        throw new Refused("no");
      },
    });
    await expect(refusing.commit("x")).rejects.toBeInstanceOf(Refused);
    const failing = over({
      commit: async () => {
        throw new Error("full");
      },
    });
    await expect(failing.commit("x")).rejects.not.toBeInstanceOf(Refused);
  });

  it.each([
    ["another question", { verb: "run" }],
    ["no generation", { verb: "prepare", head: { term: 1 } }],
    ["a head with a hash that is none", { verb: "prepare", head: { ...head, hash: "../.." } }],
    ["a number that is none", { verb: "prepare", head: { ...head, number: "1; rm" } }],
  ])("with %s are refused", async (_, question) => {
    const { head: answer } = await answerTo({} as Peer, { head: question, body: Buffer.from("[]") }, STREAM);
    expect(answer).toHaveProperty("refused");
  });
});

describe("the link", () => {
  let link: Link | undefined;
  afterEach(() => link?.stop());
  const echo = [process.execPath, "-e", "process.stdin.pipe(process.stdout)"];

  it("asks over one process, whatever is asked", async () => {
    let ups = 0;
    link = new Link(echo, () => ups++);
    link.start();
    const all = await Promise.all([1, 2, 3].map((n) => link?.ask({ n }, Buffer.from(`${n}`), 10_000)));
    expect(all.map((frame) => [frame?.head.n, frame?.body.toString()])).toEqual([
      [1, "1"],
      [2, "2"],
      [3, "3"],
    ]);
    expect([ups, link.connected]).toEqual([1, true]);
  });

  it("fails at once without a connection, says why, and connects again", async () => {
    link = new Link(["sh", "-c", "echo 'Host key verification failed.' >&2; exit 255"], () => {});
    link.start();
    await expect(link.ask({}, undefined, 5000)).rejects.toThrow("Host key verification failed.");
    await expect(link.ask({}, undefined, 5000)).rejects.toThrow("the peer cannot be asked: Host key");
    expect(link.connected).toBe(false);
  });

  it("is not connected because somebody hurries it, before the peer has answered", async () => {
    link = new Link(["sh", "-c", "sleep 0.2; exec cat"], () => {});
    link.start();
    link.hurry();
    expect(link.connected).toBe(false);
    await link.ask({}, undefined, 10_000);
    expect(link.connected).toBe(true);
  });

  it("lets others wait on for an answer when one is late", async () => {
    // Answers nothing for half a second, then everything but the first question.
    const slow = `let text = Buffer.alloc(0); process.stdin.on("data", (part) => (text = Buffer.concat([text, part])));
      setTimeout(() => process.stdout.write(text.subarray(text.indexOf("{", 1))), 500); setTimeout(() => {}, 5000);`;
    link = new Link([process.execPath, "-e", slow], () => {});
    link.start();
    const late = expect(link.ask({ n: 1 }, undefined, 100)).rejects.toThrow("did not answer in 0.1 s");
    const patient = link.ask({ n: 2 }, undefined, 4000);
    await late;
    expect((await patient).head.n).toBe(2);
  });

  it("gives up a connection that does not answer in time", async () => {
    link = new Link(["sh", "-c", "exec sleep 60"], () => {});
    link.start();
    await expect(link.ask({}, undefined, 200)).rejects.toThrow("the peer did not answer in 0.2 s");
    await sleep(100);
    await expect(link.ask({}, undefined, 200)).rejects.toThrow("the peer cannot be asked");
  });
});
