import type { Power } from "../commands/target";
import type { Recorder } from "../history/history";
import type { Vantage } from "../probe/prober";
import type { Remote } from "../ssh";
import type { StatusReport } from "../status/report";
import type { Waiting } from "../terminal/wait";
import type { DrillFault } from "./scripts";

/** Milliseconds: who waits longer for an answer has given up. */
export const REQUEST_MS = 1000;

/** Connections that are held through a planned move. */
export const HELD = 8;

export interface DrillSettings {
  faults: readonly DrillFault[];
  url: string;
  vantage: Vantage;
  /** Where the prober runs, in words. */
  where: string;
  power?: Power;
}

/** What every part of a drill works with. */
export interface Drill {
  remotes: readonly Remote[];
  settings: DrillSettings;
  recorder: Recorder;
  waiting: Waiting;
  /** The pair's status, now. */
  look(): Promise<StatusReport>;
}
