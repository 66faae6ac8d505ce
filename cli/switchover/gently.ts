import type { Inventory } from "../../config/inventory";
import type { NodeEvent } from "../history/events";
import type { Remote } from "../ssh";
import type { Waiting } from "../terminal/wait";
import { abandonDrain, prepareDrain } from "./drain";
import { type Moved, type MoveSettings, move } from "./move";

/**
 * Moves the VIP so that established connections stay with the node that has them until they end; where a node cannot do
 * that, it moves all the same, and they are cut. Where another move was prepared, it does not move.
 * @param warn why they are
 * @returns also whether the old node drains now, be it that the move was not seen
 */
export async function moveGently(
  inventory: Inventory,
  nodes: { from: Remote; to: Remote },
  settings: MoveSettings,
  waiting: Waiting,
  tell: (event: NodeEvent) => void,
  warn: (why: string) => void,
): Promise<Moved & { drains: boolean }> {
  const prepared = await prepareDrain(nodes);
  if (typeof prepared === "object") {
    if ("refusal" in prepared) return { events: [], why: prepared.refusal, drains: false };
    warn(`${prepared.why}; they are cut`);
  }
  const ready = prepared === "ready";
  try {
    const moved = await move(inventory, nodes, { ...settings, keeps: ready }, waiting, tell);
    if (!ready || moved.moveMs !== undefined) return { ...moved, drains: ready };
    return { ...moved, drains: await abandonDrain(nodes) };
  } catch (error) {
    if (ready) await abandonDrain(nodes);
    throw error;
  }
}
