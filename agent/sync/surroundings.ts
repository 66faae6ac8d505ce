import type { Generation } from "./generation";
import type { Layout } from "./layout";
import type { Peer } from "./peer";

/** Nginx, as the synchronisation needs it. */
export interface Nginx {
  /** Tests a staged directory. @throws Refused with what nginx says */
  test(directory: string): Promise<void>;
  /**
   * Has nginx serve what `serving` leads to, and proves it.
   * @param again even when it answers so already: it may have read files that were changed by hand
   * @returns whether it does; an nginx that is stopped has nothing to prove
   */
  bring(generation: Generation, again?: boolean): Promise<boolean>;
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
