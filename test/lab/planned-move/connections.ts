import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./subject";

const { pair } = plannedMove;

describe("a planned move", () => {
  it.each(["there", "and back"])("%s cuts nobody off and refuses nobody", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const clients = await plannedMove.clients();
    try {
      const moving = plannedMove.switchover();
      expect(await plannedMove.untilDraining(from, 6)).toMatchObject({ role: "keep" });
      expect((await plannedMove.drainOf(from))?.connections).toBeGreaterThan(200);
      expect(await plannedMove.diverted(peerOf(from)), "packets that were sent on").toBeGreaterThan(100);
      expect(await plannedMove.diverted(from), "none twice").toBe(0);
      const became = await clients.end();
      const told = await moving;
      console.log(JSON.stringify({ measured: told.measured, drain: told.drain, became }));
      expect(Object.entries(became).filter(([, { error }]) => error !== undefined)).toEqual([]);
      for (const talk of ["websocket", "tcp", "grpc"])
        expect(became[talk]?.answers, talk).toBeGreaterThan(100);
      expect(told).toMatchObject({
        moved: true,
        from,
        to: peerOf(from),
        measured: { failed: 0, refused: 0, held: 8, cutHeld: 0 },
        drain: { cut: 0, reason: "empty" },
      });
      expect(told.drain?.connections).toBe(told.drain?.ended);
      expect(told.status.verdict).toBe("healthy");
    } finally {
      await clients.kill();
    }
    for (const name of nodeNames) expect(await plannedMove.traces(name), name).toBe("");
  });
});
