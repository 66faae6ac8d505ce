import type { Tree } from "../../node/sync/tree-hash";
import type { Generation } from "./generation";
import type { Layout } from "./layout";
import type { Peer } from "./peer";

/** Nginx, as the synchronisation needs it. */
export interface Nginx {
  /** Tests a staged directory. @throws Refused with what nginx says */
  test(directory: string): Promise<void>;
  /**
   * Has nginx serve what `serving` leads to, and proves it.
   * @param why `repaired`: it may have read files that were changed by hand; `started`: nothing was switched
   * @returns whether it does; an nginx that is stopped has nothing to prove
   */
  bring(generation: Generation, why?: "repaired" | "started"): Promise<boolean>;
}

/** What the synchronisation sees and does outside of its own directories. */
export interface Surroundings {
  node: string;
  /** Whether this node's priority is the higher one. */
  senior: boolean;
  layout: Layout;
  /** The directory of generations and of the operator's files. */
  home: string;
  /** What must be remembered over a reboot. */
  state: string;
  nginx: Nginx;
  /** What must be so of an operator's files when they are published, and may end later. @throws Refused */
  admit?(edited: Tree, served: Tree): void;
  peer: Peer;
  /** Whether keepalived made this node MASTER. */
  isMaster(): boolean;
  /** Asks for a cycle, soon. */
  wake(): void;
  /** Called between two steps, by name: tests end the process there. */
  step(name: string): void | Promise<void>;
  log(what: string, fields?: Record<string, string | number | undefined>): void;
  /** Milliseconds that only grow. */
  now(): number;
}
