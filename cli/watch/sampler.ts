import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../history/events";
import type { Running } from "../run";
import type { Remote } from "../ssh";
import { now } from "./clock";

const samplerFile = join(__dirname, "look.mjs");

/**
 * Starts the sampler on a node: an event for each change, a beat in between, `lost` when the connection ends.
 * Resolves at once; the first event says that it is there.
 */
export async function startSampler(
  remote: Remote,
  limitS: number,
  tell: (event: Event) => void,
): Promise<Running> {
  const source = readFileSync(samplerFile, "utf8");
  const running = await remote.start(
    ["node", "--input-type=module", "-e", source, "--", `${limitS}`],
    limitS + 5,
  );
  const { name: node } = remote;
  running.lines((line) => {
    const seen = now();
    try {
      tell({ ...JSON.parse(line), node, seen });
    } catch {
      // A shell on the way that says something of its own is not an event.
    }
  });
  running.done.then(() => tell({ t: "lost", node, seen: now() }));
  return running;
}
