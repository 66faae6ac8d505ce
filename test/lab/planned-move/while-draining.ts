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
  // Looked at below; what goes wrong first is what is told.
  const settled = moving.catch(() => {});
  try {
    await plannedMove.untilDraining(from, seconds);
    await work({ from, to, clients });
  } finally {
    await clients.kill();
    await settled;
  }
  const told = await moving;
  expect(told).toMatchObject({ moved: true, from, to });
  return told;
}
