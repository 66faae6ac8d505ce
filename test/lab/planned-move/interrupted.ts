import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { beginOf } from "../operator/subject";
import { peerOf } from "../pair/subject";
import { cutOff, LAB, plannedMove } from "./subject";

const { pair } = plannedMove;
const begin = beginOf(LAB);

describe("a command that ends during the drain", () => {
  it.each([
    "SIGINT",
    "SIGKILL",
  ] as const)("by %s leaves connections to the nodes, which end their parts by themselves", async (signal) => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const clients = await plannedMove.clients();
    const { child, ended } = begin("switchover", "--yes");
    try {
      await plannedMove.untilDraining(from, 3);
      child.kill(signal);
      const over = () => child.exitCode !== null || child.signalCode !== null;
      await waitFor(`the command to end after ${signal}`, 20_000, over, 100);
      expect(await plannedMove.drainOf(from), "it goes on").toMatchObject({
        role: "keep",
        phase: "draining",
      });
      expect(cutOff(await clients.end())).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      await ended;
      await clients.kill();
    }
    // The new node does not hear that the old one has no connection left: it goes on until its time is over.
    for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name, 90_000);
    await pair.untilHealthy();
    expect(await pair.holder()).toBe(peerOf(from));
  });
});
