import type { Generation } from "./generation";
import type { Head } from "./head";

/** What a node tells its peer of itself, and is told. */
export interface Tidings {
  node: string;
  /** Whether keepalived made it MASTER. */
  master: boolean;
  /** Of what it serves, proved. */
  head?: Head;
  /** Why what `pulumi up` asked for was not published. */
  refusal?: Refusal;
}

export interface Refusal {
  /** The stack's part that was asked for. */
  stack: string;
  reason: string;
  /** Milliseconds since then. */
  age: number;
}

/**
 * What the nodes do with each other, and nothing else can be done over the connection between them. A `Refused` is the
 * peer's verdict; any other error says that it could not be asked, or could not do it.
 */
export interface Peer {
  exchange(mine: Tidings): Promise<Tidings>;
  /** Has it stage and test a generation; what it serves does not change. */
  prepare(generation: Generation): Promise<void>;
  /** Has it serve what it prepared. When this returns, it is on its disk and proved. */
  commit(id: string): Promise<void>;
  fetch(id: string): Promise<Generation>;
}
