import { beginLimit, endLimit, reachLimit, startLimit } from "../../node/drain/limits";
import { drainUnit } from "../../node/drain/names";
import { begin } from "../drain/begin";
import { reasonOf } from "../log";
import { run } from "../run";
import type { Frame } from "./frames";
import type { Answer, Ask } from "./protocol";
import { Refused } from "./refused";

/** A name beside the streams'. */
export const DETOUR = "detour";
/** Milliseconds for the peer's answer; whoever asked us waits longer. */
const ANSWER_MS = {
  begin: (beginLimit - reachLimit - 2) * 1000,
  end: (endLimit - reachLimit - 2) * 1000,
};
/** systemd ends it before that, and its reason is what is told. */
const START_MS = (startLimit + 1) * 1000;

export type DetourVerb = keyof typeof ANSWER_MS;
export const isDetourVerb = (verb: unknown): verb is DetourVerb => verb === "begin" || verb === "end";

/**
 * What a node that stops by itself asks of its peer: to send on, from now on or no more, what belongs to connections that it
 * does not know (agent/drain).
 * @param reach waits a little until the peer can be asked
 * @throws Refused with the peer's reason; any other error says that it could not be asked, though it was tried for some seconds
 */
export async function askForDetour(ask: Ask, verb: DetourVerb, reach: () => Promise<void>): Promise<void> {
  const question = async (one: DetourVerb): Promise<Frame> => {
    await reach();
    return ask({ stream: DETOUR, verb: one }, undefined, ANSWER_MS[one]);
  };
  const answer = await question(verb).catch(async (error: unknown) => {
    // It may have begun all the same, and would send on what nobody keeps.
    if (verb === "begin") await question("end").catch(() => {});
    throw error;
  });
  const { refused, failed } = answer.head;
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
  const what = await begin("detour", START_MS);
  if (what === "busy") return "it has its part of another move";
  return what === "ready" ? undefined : what.why;
}

async function ended(): Promise<string | undefined> {
  const { failed, err } = await run("systemctl", ["--quiet", "stop", drainUnit("detour")], ANSWER_MS.end);
  return failed ? err.trim() : undefined;
}
