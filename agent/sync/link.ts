import { type ChildProcess, spawn } from "node:child_process";
import { encodeFrame, type Frame, readFrames } from "./frames";
import type { Ask } from "./protocol";
import { Unreachable } from "./unreachable";

/** From a try that failed to the next one, milliseconds: sshd punishes whoever comes too often in vain. */
const AGAIN_MS = [500, 1000, 2000, 4000, 8000, 10_000];

interface Waiting {
  done(frame: Frame): void;
  failed(error: Error): void;
}

/**
 * The connection to the peer: one SSH session that stays, over which all questions go. It is made again whenever it
 * ends; until then nobody waits for it: a question without a connection fails at once.
 */
export class Link {
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private said = "";
  private answered = false;
  private ended = false;
  /** Why there is no connection. */
  trouble = "not connected yet";

  /**
   * @param argv the command whose stdin and stdout lead to the peer
   * @param up called when the peer has answered for the first time on a new connection
   */
  constructor(
    private readonly argv: readonly string[],
    private readonly up: () => void,
  ) {}

  /** Whether the peer has answered on the connection that there is. */
  get connected(): boolean {
    return this.child !== undefined && this.answered;
  }

  start(): void {
    this.connect();
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.child?.kill();
  }

  /** The peer is there: a new try is worth it now. */
  hurry(): void {
    this.failures = 0;
    if (this.child || this.ended) return;
    clearTimeout(this.timer);
    this.connect();
  }

  readonly ask: Ask = (head, body, limitMs) =>
    new Promise<Frame>((resolve, reject) => {
      const { child } = this;
      if (!child?.stdin?.writable)
        return reject(new Unreachable(`the peer cannot be asked: ${this.trouble}`));
      const number = ++this.count;
      const late = setTimeout(() => {
        this.waiting.delete(number);
        reject(new Unreachable(`the peer did not answer in ${limitMs / 1000} s`));
        // A connection that stands still is none; one on which others wait still may be busy with them.
        if (this.waiting.size === 0) child.kill("SIGKILL");
      }, limitMs);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(late);
          this.waiting.delete(number);
          then(value);
        };
      this.waiting.set(number, { done: settle(resolve), failed: settle(reject) });
      child.stdin.write(encodeFrame({ ...head, number }, body));
    });

  private connect(): void {
    const [file = "", ...rest] = this.argv;
    const child = spawn(file, rest, { stdio: ["pipe", "pipe", "pipe"] });
    this.child = child;
    this.said = "";
    this.answered = false;
    let ended = "the connection ended";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.said = `${this.said}${text}`.slice(-500);
    });
    child.stdin.on("error", () => {});
    child.on("error", (error) => {
      this.said = error.message;
    });
    readFrames(
      child.stdout,
      (frame) => {
        this.failures = 0;
        this.waiting.get(Number(frame.head.number))?.done(frame);
        const first = !this.answered;
        this.answered = true;
        if (first) this.up();
      },
      (reason) => {
        ended = reason;
        child.kill("SIGKILL");
      },
    );
    // Not before all that it said has been read.
    child.on("close", () => this.lost(child, ended));
  }

  private lost(child: ChildProcess, reason: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.trouble = this.said.trim().replace(/\s+/g, " ") || reason;
    for (const one of [...this.waiting.values()])
      one.failed(new Unreachable(`the peer cannot be asked: ${this.trouble}`));
    if (this.ended) return;
    const pause = AGAIN_MS[Math.min(this.failures++, AGAIN_MS.length - 1)];
    this.timer = setTimeout(() => this.connect(), pause);
  }
}
