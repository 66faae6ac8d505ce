import { readFileSync, readlinkSync } from "node:fs";

/** What nginx serves here, as the generation says. */
export interface Serving {
  /** Where nginx answers for itself. */
  port: number;
  /** The hash with which it answers. */
  config: string;
}

const NOTHING: Serving = { port: 0, config: "" };

/** Looks where the link `serving` leads; reads the generation there only when it is another one than before. */
export function servingAt(link: string): () => Serving {
  let last = "";
  let known = NOTHING;
  return () => {
    try {
      const target = readlinkSync(link);
      if (target === last) return known;
      known = parse(readFileSync(`${link}/generation.env`, "utf8"));
      last = target;
    } catch {
      // What was known is as good as it gets.
    }
    return known;
  };
}

const parse = (text: string): Serving => ({
  port: Number(/^PORT=(\d+)$/m.exec(text)?.[1] ?? 0),
  config: /^CONFIG=([0-9a-f]+)$/m.exec(text)?.[1] ?? "",
});
