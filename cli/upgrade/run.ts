import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import type { Remote } from "../ssh";
import { drainLine, tellDrain } from "../status/drain";
import { untilHealthy } from "../status/healthy";
import type { StatusReport } from "../status/report";
import { withLooks } from "../status/session";
import { untilDrained } from "../switchover/drain";
import { moveGently } from "../switchover/gently";
import type { MoveSettings } from "../switchover/move";
import { type Measured, measuredOf } from "../switchover/result";
import { TimedOut, type Waiting } from "../terminal/wait";
import { type Upgrade, upgradeNode } from "./packages";

/** Seconds until a node that was upgraded takes part in the election again. */
const WHOLE_S = 90;
/** Seconds that a login for looks may last: two upgrades and the longest drain between them. */
const LIFE_S = 7200;

export interface Upgraded {
  order: string[];
  measured?: Measured;
}

/** What an upgrade works on and with. */
interface Upgrading {
  inventory: Inventory;
  remotes: Remote[];
  /** What is new, by node. */
  news: ReadonlyMap<string, Upgrade[]>;
  /** How the move is measured, and from where, in words. */
  settings: MoveSettings & { where: string };
  waiting: Waiting;
  say(text: string): void;
}

/**
 * Upgrades both nodes without an outage: the standby, its proof, the VIP moves to it, then the other one. A standby
 * that does not prove itself ends it, and the other node serves on as it was.
 */
export const upgradePair = (upgrading: Upgrading): Promise<Upgraded> =>
  withLooks(upgrading.inventory, upgrading.remotes, LIFE_S, (look) => upgradeBoth(upgrading, look));

/** @throws UserError also before anything is changed, when the pair is not healthy or the last move is not over */
export async function upgradeBoth(
  { inventory, remotes, news, settings, waiting, say }: Upgrading,
  look: () => Promise<StatusReport>,
): Promise<Upgraded> {
  const before = await healthy("before anything is changed", 5);
  if (before.drain)
    throw new UserError(`The last move is not over: ${drainLine(before.drain)}. Try again then.`);
  const [holder, standby] = sides(before);
  const order: string[] = [];
  await one(standby);
  if (has(holder)) {
    endIfInterrupted(`${holder.name} serves as before`);
    say(`The VIP moves from ${holder.name} to ${standby.name}`);
    const nodes = { from: holder, to: standby };
    const { events, moveMs, why, drains } = await moveGently(
      inventory,
      nodes,
      settings,
      waiting,
      () => {},
      say,
    );
    if (moveMs === undefined)
      throw new UserError(
        drains
          ? `The move was not seen to its end (${why}); ${standby.name} is upgraded, and ${holder.name} keeps its connections until they end. Look at nginx-ha status, and run it again.`
          : `The VIP did not move (${why}); ${standby.name} is upgraded, ${holder.name} serves as before.`,
      );
    if (drains) {
      const drained = await untilDrained(nodes, tellDrain(holder.name, say), waiting.signal);
      if (typeof drained !== "object")
        throw new UserError(
          `${holder.name} was not upgraded: it keeps connections, and ${drained === "untold" ? "does not tell any more what becomes of them" : "somebody interrupted the wait for their end"}; run it again when nginx-ha status shows no drain.`,
        );
      say(
        `${holder.name} had ${drained.connections} established connections, of which ${drained.cut} were cut`,
      );
    }
    endIfInterrupted(`the VIP is on ${standby.name}, and ${holder.name} is left as it is`);
    await one(holder);
    const measured = measuredOf(events, settings.where, settings.held);
    return { order, ...(measured && { measured }) };
  }
  return { order };

  function has({ name }: Remote): boolean {
    return (news.get(name) ?? []).length > 0;
  }

  async function one(remote: Remote): Promise<void> {
    if (!has(remote)) return say(`${remote.name} has nothing to upgrade`);
    say(`${remote.name}: upgrading ${(news.get(remote.name) ?? []).map(({ name }) => name).join(", ")}`);
    await upgradeNode(remote);
    await healthy(`after ${remote.name} was upgraded`);
    order.push(remote.name);
    say(`${remote.name}: upgraded, and takes part in the election`);
  }

  function healthy(when: string, limitS = WHOLE_S): Promise<StatusReport> {
    return untilHealthy(`a healthy pair ${when}`, limitS, look, waiting).catch((error: unknown) => {
      endIfInterrupted(`nobody waited for a healthy pair ${when}`);
      if (!(error instanceof TimedOut)) throw error;
      throw new UserError(`${error.message}. The other node is left as it is.`);
    });
  }

  function endIfInterrupted(how: string): void {
    if (!waiting.signal.aborted) return;
    const done = order.length === 0 ? "" : `${order.join(" and ")} is upgraded, `;
    throw new UserError(`Interrupted: ${done}${how}.`);
  }

  function sides({ holder }: StatusReport): [Remote, Remote] {
    const [one, other] = [
      remotes.find(({ name }) => name === holder),
      remotes.find(({ name }) => name !== holder),
    ];
    if (!one || !other) throw new Error("a healthy pair has a holder and a standby");
    return [one, other];
  }
}
