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
  const moving = plannedMove.switchover();
  // Nobody waits for a drain that will not be there: the command has said why.
  const over = moving.then((told) => {
    throw new Error(
      `the command was over before ${from} had drained for ${seconds} s: ${JSON.stringify(told)}`,
    );
  });
  const settled = over.catch(() => {});
  try {
    await Promise.race([plannedMove.untilDraining(from, seconds), over]);
    await work({ from, to, clients });
  } finally {
    await clients.kill();
    await settled;
  }
  const told = await moving;
  expect(told).toMatchObject({ moved: true, from, to });
  return told;
}
