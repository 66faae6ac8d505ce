/** Where an engine came from. */
export type Origin = "path" | "download" | "build";

/** Pulumi's command-line program and its Node language host, proved to run. */
export interface Engine {
  /**
   * The directory to put first on PATH: it holds `pulumi`, and `pulumi-language-nodejs` too unless the
   * engine was on PATH already, where the host may lie in a directory further along.
   */
  bin: string;
  version: string;
  origin: Origin;
}

/** Takes one line for a person to read. */
export type Report = (line: string) => void;

/** An engine, or one line that says why there is none. */
export type Attempt = { engine: Engine } | { refused: string };
