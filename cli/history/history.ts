import { appendFileSync, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { UserError } from "../../config/user-error";
import { type Event, event, type RunEvent } from "./events";

/** A history while it is written: in memory, and in a file that is whole up to its last line at every moment. */
export class Recorder {
  readonly events: Event[] = [];
  private readonly made: boolean;

  /** An older one in this file is there until the first event. @throws UserError when it cannot be written */
  constructor(readonly file: string) {
    this.made = !existsSync(file);
    try {
      appendFileSync(file, "", { mode: 0o644 });
    } catch (error) {
      throw cannotWrite(file, error);
    }
  }

  add(...events: Event[]): void {
    const write = this.events.length === 0 ? writeFileSync : appendFileSync;
    this.events.push(...events);
    write(this.file, events.map((one) => `${JSON.stringify(one)}\n`).join(""));
  }

  /** Leaves no empty file of ours behind when nothing was recorded. */
  discard(): void {
    if (this.made && statSync(this.file).size === 0) rmSync(this.file);
  }
}

/** A file that cannot be written, in one sentence. */
export const cannotWrite = (file: string, error: unknown): UserError =>
  new UserError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);

/** A history that was read. */
export interface History {
  run: RunEvent;
  events: Event[];
  /** Whether the run came to its end and all of it is here. */
  whole: boolean;
}

/**
 * Reads a history. One that was cut in half is read as far as it goes: the last line may be half of one.
 * @throws UserError when it is not a history
 */
export function parseHistory(text: string, name: string): History {
  const lines = text.split("\n");
  const last = lines.pop();
  const events = lines
    .filter((line) => line !== "")
    .map((line, index) => eventOf(line, `${name}, line ${index + 1}`));
  const run = events.find((one) => one.t === "run");
  if (!run) throw new UserError(`${name} is not a history of nginx-ha: it does not begin with a run.`);
  return { run, events, whole: last === "" && hasEnd(events) };
}

function eventOf(line: string, where: string): Event {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new UserError(`${where}: is not JSON; a history has a line of JSON for each event.`);
  }
  const read = event.safeParse(json);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0] ?? { path: [], message: "is not an event" };
  throw new UserError(`${where}: is not an event of a history: ${path.join(".")}: ${message}.`);
}

/** A sampler may say a last word after it. */
const hasEnd = (events: readonly Event[]): boolean => events.some(({ t }) => t === "end");

/** What was recorded so far, as if it had been read. */
export function historyOf({ events }: Recorder): History {
  const run = events.find((one) => one.t === "run");
  if (!run) throw new Error("a history begins with a run");
  return { run, events, whole: hasEnd(events) };
}
