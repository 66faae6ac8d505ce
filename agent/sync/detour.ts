import { beginLimit, endLimit } from "../../node/drain/limits";
import { begin, unitOf } from "../drain/begin";
import { reasonOf } from "../log";
import { run } from "../run";
import type { Frame } from "./frames";
import type { Answer, Ask } from "./protocol";
import { Refused } from "./refused";
import { patiently } from "./unreachable";

/** A name beside the streams'. */
export const DETOUR = "detour";
/** Milliseconds for a connection that is being made, as after a restart of either node's synchronisation. */
const REACH_MS = 3000;
/** Milliseconds; whoever asked waits a little longer. */
const LIMITS = { begin: (beginLimit - 2) * 1000 - REACH_MS, end: (endLimit - 2) * 1000 - REACH_MS };

export type DetourVerb = keyof typeof LIMITS;
export const isDetourVerb = (verb: unknown): verb is DetourVerb => verb === "begin" || verb === "end";

/**
 * What a node that stops by itself asks of its peer: to send on, from now on or no more, what belongs to connections that it
 * does not know (agent/drain).
 * @throws Refused with the peer's reason; any other error says that it could not be asked, for some seconds
 */
export async function askForDetour(ask: Ask, verb: DetourVerb): Promise<void> {
  const question = () => ask({ stream: DETOUR, verb }, undefined, LIMITS[verb]);
  const { refused, failed } = (await patiently(REACH_MS, question)).head;
  if (typeof refused === "string") throw new Refused(refused);
  if (typeof failed === "string") throw new Error(failed);
}

/** Answers it. @param isMaster whether this node has the VIP: nobody diverts from it before it is to move */
export async function answerDetour({ head: { verb } }: Frame, isMaster: () => boolean): Promise<Answer> {
  try {
    if (!isDetourVerb(verb)) throw new Refused("no such question");
    if (verb === "begin" && isMaster()) throw new Refused("this node is MASTER");
    const why = verb === "begin" ? await begun() : await ended();
    if (why !== undefined) throw new Refused(why);
    return { head: {} };
  } catch (error) {
    return { head: { [error instanceof Refused ? "refused" : "failed"]: reasonOf(error) } };
  }
}

/** Nothing when it has, otherwise why it has not. */
async function begun(): Promise<string | undefined> {
  const what = await begin("detour", LIMITS.begin);
  if (what === "busy") return "it has its part of another move";
  return what === "ready" ? undefined : what.why;
}

async function ended(): Promise<string | undefined> {
  const { failed, err } = await run("systemctl", ["--quiet", "stop", unitOf("detour")], LIMITS.end);
  return failed ? err.trim() : undefined;
}
