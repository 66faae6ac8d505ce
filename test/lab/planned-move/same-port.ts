import { join } from "node:path";
import { expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import type { NodeName } from "../../../lab/pair/machines";
import { type Beside, beside } from "../beside";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./hosts";

const { pair } = plannedMove;

/** Below those that the kernel gives by itself. */
const PORTS = { first: 20_001, again: 20_002 };

/** How a connection of the earlier drain ends, before its client does. */
const ends = {
  "its client reset it": async () => {},
  // Its side waits a minute for what may come of it (TIME-WAIT).
  "the node closed it": async (node: NodeName): Promise<void> => {
    await pair.succeed(node, "ss --kill --tcp --no-header state established dport = :7002");
    const waits = `ss --no-header --tcp state time-wait sport = :7000 dport = :${PORTS.again}`;
    const isThere = async () => (await pair.succeed(node, waits)) !== "";
    await waitFor(`the connection in TIME-WAIT on ${node}`, 10_000, isThere);
  },
};

/** A node that takes the VIP must not take a connection for one that it had in an earlier drain. */
export function tellsConnectionsApart(): void {
  it.each(
    Object.entries(ends),
  )("a client that uses a port again, from which the new node had a connection in an earlier drain, is not cut off: %s", async (_, ending) => {
    const all: Beside[] = [];
    const client = async (port: number): Promise<Beside> => {
      const one = await beside(pair.plan, "client", join(__dirname, "clients/port.ts"), pair.vip, `${port}`);
      all.push(one);
      await one.line();
      return one;
    };
    const answerOn = (one: Beside, text: string): Promise<string> => {
      one.tell(text);
      return one.line();
    };
    /** Away from whoever has the VIP, while `work` runs; the first client keeps the old node waiting. */
    const move = async (kept: Beside, work: (from: string) => Promise<void>): Promise<void> => {
      const from = await pair.holder();
      const moving = plannedMove.switchover("--held", "0");
      try {
        await plannedMove.untilDraining(from);
        await work(from);
      } finally {
        await kept.end();
        await moving.catch(() => {});
      }
      expect(await moving).toMatchObject({ moved: true, from, drain: { reason: "empty", cut: 0 } });
      for (const node of [from, peerOf(from)]) await plannedMove.untilNothingIsLeft(node);
    };
    await pair.untilHealthy();
    try {
      let onNew: Beside | undefined;
      await move(await client(PORTS.first), async () => {
        onNew = await client(PORTS.again);
        expect(await answerOn(onNew, "a")).toBe("a");
      });
      // Nobody looks any more when this one ends.
      await ending(await pair.holder());
      await onNew?.end();
      expect((await plannedMove.switchover("--held", "0")).moved).toBe(true);
      const again = await client(PORTS.again);
      expect(await answerOn(again, "b")).toBe("b");
      await move(again, async (from) => {
        const itAlone = async () => (await plannedMove.drainOf(from))?.connections === 1;
        await waitFor("the old node to keep the one connection", 20_000, itAlone);
        expect(await answerOn(again, "c"), "on the old node").toBe("c");
      });
    } finally {
      for (const one of all) await one.kill();
    }
    await pair.untilHealthy();
  });
}
