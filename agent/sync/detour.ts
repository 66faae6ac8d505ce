import { beginLimit, endLimit } from "../../node/drain/limits";
import { reasonOf } from "../log";
import { run } from "../run";
import type { Frame } from "./frames";
import type { Answer, Ask } from "./protocol";
import { Refused } from "./refused";

/** A name beside the streams'. */
export const DETOUR = "detour";
const UNIT = "nginx-ha-drain@detour.service";
/** Milliseconds; whoever asked waits a little longer. */
const LIMITS = { begin: (beginLimit - 2) * 1000, end: (endLimit - 2) * 1000 };

const LOOK_MS = 5000;

export type DetourVerb = keyof typeof LIMITS;
export const isDetourVerb = (verb: unknown): verb is DetourVerb => verb === "begin" || verb === "end";

/**
 * What a node that stops by itself asks of its peer: to send on, from now on or no more, what belongs to connections that it
 * does not know (agent/drain).
 * @throws Refused with the peer's reason; any other error says that it could not be asked
 */
export async function askForDetour(ask: Ask, verb: DetourVerb): Promise<void> {
  const { refused, failed } = (await ask({ stream: DETOUR, verb }, undefined, LIMITS[verb])).head;
  if (typeof refused === "string") throw new Refused(refused);
  if (typeof failed === "string") throw new Error(failed);
}

/** Answers it. @param isMaster whether this node has the VIP: nobody diverts from it before it is to move */
export async function answerDetour({ head: { verb } }: Frame, isMaster: () => boolean): Promise<Answer> {
  try {
    if (!isDetourVerb(verb)) throw new Refused("no such question");
    if (verb === "begin" && isMaster()) throw new Refused("this node is MASTER");
    if (verb === "begin" && (await isActive())) throw new Refused("it has its part of another move");
    const { failed, err } = await run(
      "systemctl",
      ["--quiet", verb === "begin" ? "start" : "stop", UNIT],
      LIMITS[verb],
    );
    if (failed) throw new Refused((await whyItFailed()) ?? err.trim());
    return { head: {} };
  } catch (error) {
    return { head: { [error instanceof Refused ? "refused" : "failed"]: reasonOf(error) } };
  }
}

/** One that is there already is somebody else's. */
async function isActive(): Promise<boolean> {
  const { out } = await run("systemctl", ["is-active", UNIT], LOOK_MS);
  return !["inactive", "failed"].includes(out.trim());
}

/** What the unit's program said last (agent/drain/main.ts). */
async function whyItFailed(): Promise<string | undefined> {
  const argv = ["--quiet", "--no-pager", "--output", "cat", "--since", "-20s", "--unit", UNIT];
  const { out } = await run("journalctl", argv, LOOK_MS);
  return [...out.matchAll(/^failed reason="?(.*?)"?$/gm)].at(-1)?.[1];
}
