import type { Log } from "../provider";
import type { Logging } from "./inputs";

/** What a command printed. */
export type Output = { stdout: string; stderr: string };

const longestLine = 64 * 1024;

/**
 * Collects what a command prints, and passes it on to the engine's log line by line.
 *
 * Source: pulumi-command 1.2.1, remote/commandOutputs.go, util/util.go.
 */
export class Recorder {
  readonly #all: Buffer[] = [];
  readonly #of = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  #line = Buffer.alloc(0);
  #sent: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: Log,
    private readonly logging: Logging | undefined,
  ) {}

  /** Takes a piece of one stream. */
  write(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.#all.push(chunk);
    this.#of[stream].push(chunk);
    if (logs(this.logging, stream)) this.#split(chunk);
  }

  /** Both streams, each without its last newline; resolves when the log has taken every line. */
  async end(): Promise<Output> {
    const rest = this.#take();
    if (rest.length > 0) this.#say(rest);
    await this.#sent;
    return { stdout: trimmed(this.#of.stdout), stderr: trimmed(this.#of.stderr) };
  }

  /** Everything that was printed, in the order in which it came. */
  everything(): string {
    return Buffer.concat(this.#all).toString();
  }

  #split(chunk: Buffer): void {
    this.#line = Buffer.concat([this.#line, chunk]);
    for (let end = this.#line.indexOf("\n"); end >= 0; end = this.#line.indexOf("\n")) {
      const line = this.#line.subarray(0, end);
      this.#line = this.#line.subarray(end + 1);
      this.#say(line);
    }
    if (this.#line.length >= longestLine) this.#say(this.#take());
  }

  #take(): Buffer {
    const line = this.#line;
    this.#line = Buffer.alloc(0);
    return line;
  }

  #say(line: Buffer): void {
    if (line.length >= longestLine) {
      this.#take();
      throw new LineTooLong();
    }
    const text = line.toString().replace(/\r$/, "");
    this.#sent = this.#sent.then(() => this.log.status(text));
  }
}

/** The original never returns from this; a refusal is the same mistake, found sooner. */
class LineTooLong extends Error {
  override message =
    'a line of 64 KiB or more with logging on: the real command provider hangs here; set logging to "none"';
}

function logs(logging: Logging | undefined, stream: "stdout" | "stderr"): boolean {
  return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

function trimmed(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString().replace(/\n$/, "");
}
