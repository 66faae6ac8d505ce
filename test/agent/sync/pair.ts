import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { configuration, type Generation } from "../../../agent/sync/generation";
import { idOf } from "../../../agent/sync/head";
import type { Peer } from "../../../agent/sync/peer";
import { Refused } from "../../../agent/sync/refused";
import { Synchroniser } from "../../../agent/sync/synchroniser";
import { Unreachable } from "../../../agent/sync/unreachable";
import type { Tree } from "../../../node/sync/tree-hash";

type Name = "a" | "b";

/** The stack's part, as `pulumi up` would stage it. */
export const stackOf = (text: string): Tree =>
  new Map([
    ["nginx.conf", Buffer.from(text)],
    ["stack.json", Buffer.from('{"port":80}\n')],
  ]);

/** A node whose process may die at any step, and whose disk stays. */
class Machine {
  readonly home: string;
  readonly state: string;
  sync: Synchroniser | undefined;
  master = false;
  /** What nginx, which has read its configuration at the last reload, answers. */
  served = "";
  /** Every step that was passed since the last `stopAt`. */
  readonly steps: string[] = [];
  private target: number | string | undefined;
  /** What this node's nginx does not take. */
  refuses: RegExp | undefined;
  /** Files that nginx takes in its test, but does not serve from. */
  chokes: RegExp | undefined;
  /** What an operator may not publish. */
  forbids: RegExp | undefined;
  full = false;

  constructor(
    readonly name: Name,
    root: string,
    private readonly peerOf: () => Peer,
    private readonly time: () => number,
  ) {
    this.home = join(root, name, "home");
    this.state = join(root, name, "state");
    mkdirSync(this.home, { recursive: true });
  }

  /** Dies at the n-th step from now on, or at the first one of this name; its process does nothing more. */
  dieAt(step: number | string): void {
    this.steps.length = 0;
    this.target = step;
  }
  live(): void {
    this.target = undefined;
    this.steps.length = 0;
  }

  async boot(): Promise<Synchroniser> {
    this.live();
    const nginx = {
      test: async (directory: string) => {
        if (this.full) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
        const text = readFileSync(join(directory, "nginx.conf"), "utf8") + sitesIn(directory);
        if (text.includes("broken") || this.refuses?.test(text)) throw new Refused(`nginx -t says: ${text}`);
      },
      bring: async ({ head }: Generation) => {
        const serving = join(this.home, "serving");
        if (this.chokes?.test(sitesIn(serving))) return false;
        this.served = /CONFIG=(\w+)/.exec(readFileSync(join(serving, "generation.env"), "utf8"))?.[1] ?? "";
        return this.served === head.hash.slice(0, 12);
      },
    };
    const sync = new Synchroniser({
      node: this.name,
      senior: this.name === "a",
      layout: configuration,
      home: this.home,
      state: this.state,
      nginx,
      admit: (edited) => {
        const bad = [...edited].find(([, content]) => this.forbids?.test(content.toString()));
        if (bad) throw new Refused(`${bad[0]} is forbidden`);
      },
      peer: this.peerOf(),
      isMaster: () => this.master,
      wake: () => {},
      // A dead process does nothing: no error is seen by anybody, nothing is cleaned up.
      step: (name) => {
        this.steps.push(name);
        if (this.steps.length !== this.target && name !== this.target) return undefined;
        this.sync = undefined;
        this.died?.();
        return new Promise<void>(() => {});
      },
      log: () => {},
      now: this.time,
    });
    await sync.recover();
    this.sync = sync;
    return sync;
  }

  died: (() => void) | undefined;

  get up(): Synchroniser {
    if (!this.sync) throw new Error(`${this.name} is down`);
    return this.sync;
  }
  get id(): string {
    return this.up.current ? idOf(this.up.current) : "none";
  }
  edit(path: string, text: string | undefined): void {
    const file = join(this.home, "sites", path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
  }
  site(path: string): string | undefined {
    try {
      return readFileSync(join(this.home, "serving/sites", path), "utf8");
    } catch {
      return undefined;
    }
  }
}

const sitesIn = (directory: string): string => {
  try {
    return readFileSync(join(directory, "sites/x.conf"), "utf8");
  } catch {
    return "";
  }
};

/** Two nodes on one machine's disk, with a wire between them that may be cut. */
export class TestPair {
  /** In memory where that is to be had: every step waits for the disk. */
  readonly root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "nginx-ha-sync-"));
  connected = true;
  time = 0;
  readonly a = new Machine(
    "a",
    this.root,
    () => this.wireTo("b"),
    () => this.time,
  );
  readonly b = new Machine(
    "b",
    this.root,
    () => this.wireTo("a"),
    () => this.time,
  );

  /** Both up, `a` MASTER, with a first generation on both. */
  async start(): Promise<this> {
    await this.a.boot();
    await this.b.boot();
    await this.a.up.first(stackOf("first"));
    await this.b.up.first(stackOf("first"));
    this.a.master = true;
    await this.settle();
    return this;
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The kinds of a node's alarms. */
  kinds = (name: Name): string[] => this[name].up.alarms.all.map(({ kind }) => kind);

  /** As many looks as it takes. */
  async settle(rounds = 6): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      this.time += 31_000;
      await this.a.sync?.cycle();
      await this.b.sync?.cycle();
    }
  }

  /** The peer as a node reaches it: a dead one, and a cut wire, give an error, whenever it happens. */
  private wireTo(name: Name): Peer {
    const call = async <T>(ask: (peer: Peer) => Promise<T>): Promise<T> => {
      const target = this[name];
      if (!this.connected || !target.sync) throw new Unreachable("the peer cannot be asked");
      const dead = new Promise<never>((_, reject) => {
        const before = target.died;
        target.died = () => {
          before?.();
          reject(new Unreachable("the peer cannot be asked"));
        };
      });
      dead.catch(() => {});
      return Promise.race([ask(target.sync.answers), dead]);
    };
    return {
      exchange: (mine) => call((peer) => peer.exchange(mine)),
      prepare: (generation: Generation) => call((peer) => peer.prepare(generation)),
      commit: (id) => call((peer) => peer.commit(id)),
      fetch: (id) => call((peer) => peer.fetch(id)),
    };
  }

  /** Runs `work` on a node until it is done or one of both has died. */
  async untilDead(work: () => Promise<unknown>): Promise<unknown> {
    const died = new Promise<void>((resolve) => {
      this.a.died = resolve;
      this.b.died = resolve;
    });
    const result = work().then(
      (value) => value,
      (error: unknown) => error,
    );
    const first = await Promise.race([result, died]);
    // The other one may have to go on: it hears of the death as an error.
    return first ?? Promise.race([result, new Promise((done) => setTimeout(done, 20))]);
  }
}
