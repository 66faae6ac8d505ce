import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import { beginOf } from "../operator/subject";
import { peerOf } from "../pair/subject";
import { LAB, plannedMove } from "./hosts";
import { cutOff, SENT_AWAY } from "./subject";

const { pair } = plannedMove;
const begin = beginOf(LAB);

/** Ends the command during the drain; no connection is cut by that. @returns the old node */
async function endedBy(signal: "SIGINT" | "SIGKILL"): Promise<NodeName> {
  await pair.untilHealthy();
  const from = await pair.holder();
  const clients = await plannedMove.clients();
  const { child, ended } = begin("switchover", "--yes");
  try {
    await plannedMove.untilDraining(from, SENT_AWAY);
    child.kill(signal);
    const over = () => child.exitCode !== null || child.signalCode !== null;
    await waitFor(`the command to end after ${signal}`, 20_000, over, 100);
    expect(await plannedMove.drainOf(from), "it goes on").toMatchObject({ role: "keep", phase: "draining" });
    expect(cutOff(await clients.end())).toEqual([]);
  } finally {
    child.kill("SIGKILL");
    await ended;
    await clients.kill();
  }
  return from;
}

/** What becomes of a drain without the command that began it. */
export function outlivesItsCommand(): void {
  describe("a command that ends during the drain", () => {
    it("by SIGINT leaves connections to the nodes; a move back keeps its own, too", async () => {
      const old = await endedBy("SIGINT");
      await plannedMove.untilNothingIsLeft(old);
      // The new node does not hear that the old one has no connection left.
      const from = peerOf(old);
      expect(await plannedMove.drainOf(from)).toMatchObject({ role: "detour", phase: "draining" });
      const told = await plannedMove.switchover();
      expect(told).toMatchObject({ moved: true, from, to: old, drain: { reason: "empty", cut: 0 } });
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });

    it("by SIGKILL leaves connections to the nodes, which end their parts by themselves", async () => {
      const old = await endedBy("SIGKILL");
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name, 90_000);
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(peerOf(old));
    });
  });
}
