import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import type { Recorder } from "../history/history";
import type { Remote } from "../ssh";
import { reasons } from "../status/healthy";
import { withLooks } from "../status/session";
import { type Waiting, waitUntil } from "../terminal/wait";
import { now } from "../watch/clock";
import type { Platform } from "./faults";
import { factsOf } from "./node";
import { rehearse } from "./rehearsal";
import type { DrillFault } from "./scripts";
import type { Drill, DrillSettings } from "./settings";
import { INTERVAL_MS, watchPair } from "./watched";

/** Seconds that whatever watches a drill may live, for each fault. */
const FAULT_LIMIT_S = 400;

/** Rehearses one fault after the other on whoever has the VIP, and records what was done and seen. */
export function runDrill(
  inventory: Inventory,
  remotes: readonly Remote[],
  settings: DrillSettings,
  recorder: Recorder,
  waiting: Waiting,
  tell: (fault: DrillFault, node: string) => void,
): Promise<void> {
  const limitS = settings.faults.length * FAULT_LIMIT_S;
  return withLooks(inventory, remotes, limitS, async (look) => {
    const drill: Drill = { remotes, settings, recorder, waiting, look };
    const { platform, vip } = await begin(drill);
    const watched = await watchPair(drill, vip, limitS);
    try {
      await waitUntil("an answer through the VIP", 10, watched.answered, waiting).catch(() => {
        throw new UserError(
          `${settings.url} does not answer ${settings.where}: ${watched.lastError()} (--from, --url)`,
        );
      });
      for (const fault of settings.faults) await rehearse(fault, drill, platform, watched, tell);
    } finally {
      await watched.end();
    }
  });
}

/** Looks at the pair before anything is done, and writes down what the drill runs on. */
async function begin({
  remotes,
  settings,
  recorder,
  look,
}: Drill): Promise<{ platform: Platform; vip: string }> {
  const before = await look();
  if (before.verdict !== "healthy")
    throw new UserError(`The pair is not healthy, and a drill needs one that is: ${reasons(before)}.`);
  const facts = await Promise.all(remotes.map(factsOf));
  const [
    { mode, advertMs, drainS, container } = { mode: "arp", advertMs: 100, drainS: 0, container: false },
  ] = facts;
  recorder.add({
    t: "run",
    version: 1,
    kind: "drill",
    at: now(),
    pair: before.pair,
    vip: before.vip,
    nodes: remotes.map(({ name }) => name),
    mode,
    advertMs,
    drainS,
    intervalMs: INTERVAL_MS,
    from: settings.where,
    url: settings.url,
    faults: [...settings.faults],
    ranOn: Object.fromEntries(remotes.map(({ name }, index) => [name, facts[index]?.ranOn ?? ""])),
  });
  const platform = { mode, advertMs, drainS, container, power: settings.power !== undefined };
  return { platform, vip: before.vip };
}
