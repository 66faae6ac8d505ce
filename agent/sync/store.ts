import { mkdirSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pruneCopies } from "./copies";
import { namesIn, removeFile, replaceFile, replaceLink, syncDirectory, textOf, writeTree } from "./durable";
import { type Generation, parseHead } from "./generation";
import { compare, type Head, idOf, isId } from "./head";
import type { Layout } from "./layout";
import { readTree } from "./tree";

/** Where the generations lie: `generations/`, `serving`, `conflicts/` in `home`; what is known of them in `state`. */
export interface Places {
  home: string;
  state: string;
}

/** A switch that was begun: what is served may be either, and the newer one is not proved. */
export interface Journal {
  to: string;
  from: string | undefined;
}

/**
 * The generations on disk. Whatever lies under `generations/<id>` is whole; which one is served, and accepted unless a
 * journal says otherwise, is where the link `serving` leads: it is switched in one step.
 */
export class Store {
  constructor(
    private readonly places: Places,
    private readonly layout: Layout,
  ) {
    for (const path of [places.home, this.generations, join(places.home, "conflicts"), places.state])
      mkdirSync(path, { recursive: true, mode: layout.modes.directory });
  }

  private get generations(): string {
    return join(this.places.home, "generations");
  }
  private get link(): string {
    return join(this.places.home, "serving");
  }

  directory = (id: string): string => join(this.generations, id);
  has = (id: string): boolean => namesIn(this.generations).includes(id);

  /** The id of what is served; nothing before the first one. */
  serving(): string | undefined {
    try {
      return basename(readlinkSync(this.link));
    } catch {
      return undefined;
    }
  }

  headOf(id: string): Head {
    return parseHead(textOf(join(this.directory(id), "head.json")) ?? "null");
  }

  /** A generation, proved to be what its head says. @throws Refused */
  read(id: string): Generation {
    const parts = this.layout.apart(readTree(this.directory(id), 2));
    const generation = { head: this.headOf(id), parts };
    this.layout.verify(generation);
    return generation;
  }

  /** Writes a generation beside the others; `test` says what is wrong with it before it gets its name. */
  async stage(
    generation: Generation,
    test: (directory: string) => Promise<void>,
    step: (name: string) => void | Promise<void>,
  ): Promise<void> {
    this.layout.verify(generation);
    const id = idOf(generation.head);
    const stage = join(this.generations, `.stage-${id}`);
    rmSync(stage, { recursive: true, force: true });
    try {
      writeTree(stage, this.layout.filesOf(generation), this.layout.modes);
      await step("written");
      await test(stage);
      await step("tested");
      const old = join(this.generations, `.old-${id}`);
      rmSync(old, { recursive: true, force: true });
      if (this.has(id)) renameSync(this.directory(id), old);
      renameSync(stage, this.directory(id));
      rmSync(old, { recursive: true, force: true });
      syncDirectory(this.generations);
    } catch (error) {
      rmSync(stage, { recursive: true, force: true });
      throw error;
    }
    await step("staged");
  }

  /** Makes `serving` lead to a generation. */
  point(id: string): void {
    replaceLink(this.link, `generations/${id}`);
  }
  /** There is no generation any more: as before the first one. */
  pointNowhere(): void {
    removeFile(this.link);
  }

  journal(journal: Journal): void {
    replaceFile(join(this.places.state, "journal"), JSON.stringify(journal));
  }
  endJournal(): void {
    removeFile(join(this.places.state, "journal"));
  }
  openJournal(): Journal | undefined {
    const text = textOf(join(this.places.state, "journal"));
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The last generation that both nodes were seen to have. */
  acknowledged = (): string | undefined => textOf(join(this.places.state, "acknowledged"));
  acknowledge(id: string): void {
    if (this.acknowledged() !== id) replaceFile(join(this.places.state, "acknowledged"), id);
  }

  /** Ids of the generations to go back to, the newest first; the first one is served. */
  history(): string[] {
    const all = JSON.parse(textOf(join(this.places.state, "history")) ?? "[]") as string[];
    return all.filter((id) => this.has(id));
  }

  /** What was accepted is one of those that are kept; what is older, or came to nothing, is removed. */
  settle(): void {
    const serving = this.serving();
    if (serving === undefined) return;
    const before = this.history();
    const history = [serving, ...before.filter((id) => id !== serving)].slice(0, this.layout.kept);
    if (history.join() !== before.join())
      replaceFile(join(this.places.state, "history"), JSON.stringify(history));
    const head = this.headOf(serving);
    for (const name of namesIn(this.generations)) {
      const staged = isId(name) && compare(placeOf(name), head) > 0;
      if (!history.includes(name) && !staged) this.remove(name);
    }
  }

  remove(name: string): void {
    rmSync(this.directory(name), { recursive: true, force: true });
  }

  /** Keeps a generation aside that lost against the peer's, until an operator removes it, or many came after it (copies.ts). */
  keepConflict(generation: Generation): void {
    const target = join(this.places.home, "conflicts", idOf(generation.head));
    const part = `${target}.part`;
    rmSync(part, { recursive: true, force: true });
    writeTree(part, this.layout.filesOf(generation), this.layout.modes);
    rmSync(target, { recursive: true, force: true });
    renameSync(part, target);
    syncDirectory(join(this.places.home, "conflicts"));
    pruneCopies(this.conflicts().map((id) => join(this.places.home, "conflicts", id)));
  }
  /** Ids of what lost and was kept aside, the latest first. */
  conflicts = (): string[] =>
    namesIn(join(this.places.home, "conflicts"))
      .filter(isId)
      .sort((a, b) => compare(placeOf(b), placeOf(a)));

  /** What an interrupted run has left half-written. */
  sweep(): void {
    for (const name of namesIn(this.generations)) if (!isId(name)) this.remove(name);
  }
}

function placeOf(id: string): { term: number; number: number } {
  const [term = 0, number = 0] = id.split("-").map(Number);
  return { term, number };
}
