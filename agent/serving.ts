import { readFileSync, readlinkSync } from "node:fs";

/** What nginx serves here, as the generation says. */
export interface Serving {
  /** Where nginx answers for itself. */
  port: number;
  /** The hash with which it answers. */
  config: string;
}

const NOTHING: Serving = { port: 0, config: "" };

/** What the link `serving` leads to. A look costs a third of a probe, so there is one a second, and one at each failure. */
export class ServingAt {
  known: Serving = NOTHING;
  private last = "";

  constructor(private readonly link: string) {
    this.look();
  }

  /** Reads the generation when it is another one than before; what was known is as good as it gets while there is none. */
  look(): void {
    try {
      const target = readlinkSync(this.link);
      if (target === this.last) return;
      this.known = parse(readFileSync(`${this.link}/generation.env`, "utf8"));
      this.last = target;
    } catch {}
  }
}

const parse = (text: string): Serving => ({
  port: Number(/^PORT=(\d+)$/m.exec(text)?.[1] ?? 0),
  config: /^CONFIG=([0-9a-f]+)$/m.exec(text)?.[1] ?? "",
});
