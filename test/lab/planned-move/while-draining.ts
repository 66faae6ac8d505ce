import { expect } from "vitest";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import { peerOf } from "../aws/subject";
import type { Clients, MovingPair, PlannedMove } from "./subject";

interface Draining {
  /** The old node, which drains. */
  from: string;
  to: string;
  /** Connections of every kind through the old node; those that would go on for ever do. */
  clients: Clients;
}

/**
 * Moves the VIP away from clients of every kind, and runs `work` when the old node has drained for some seconds. Clients and
 * command have ended afterwards, whatever came of it.
 * @returns what the command told of the move, which came about
 */
export async function whileDraining(
  plannedMove: PlannedMove<MovingPair>,
  work: (at: Draining) => Promise<void>,
  seconds = 0,
): Promise<SwitchoverResult> {
  const { pair } = plannedMove;
  await pair.untilHealthy();
  const from = await pair.holder();
  const to = peerOf(from);
  const clients = await plannedMove.clients();
  const told = await drainingBy(plannedMove, from, seconds, plannedMove.switchover(), {
    work: () => work({ from, to, clients }),
    end: () => clients.kill(),
  });
  expect(told).toMatchObject({ moved: true, from, to });
  return told;
}

/**
 * Runs `work` when a node has drained for some seconds, because of something that is `running`, which nobody waits for where it is
 * over before. `end` has ended the clients, and what is running is over, afterwards, whatever came of it.
 */
export async function drainingBy<T>(
  plannedMove: PlannedMove<MovingPair>,
  name: string,
  seconds: number,
  running: Promise<T>,
  { work, end }: { work(): Promise<void>; end(): Promise<unknown> },
): Promise<T> {
  const over = running.then((told) => {
    throw new Error(`it was over before ${name} had drained for ${seconds} s: ${JSON.stringify(told)}`);
  });
  const settled = over.catch(() => {});
  try {
    await Promise.race([plannedMove.untilDraining(name, seconds), over]);
    await work();
  } finally {
    await end();
    await settled;
  }
  return running;
}
