import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
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
      await waitFor("the drain", 60_000, async () => (await pair.status()).nodes.some(drains), 100);
      const status = await pair.status();
      expect(status.nodes.find(({ name }) => name === from)?.report?.DRAIN?.connections).toBeGreaterThan(200);
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

const drains = ({ report }: { report?: { DRAIN?: { phase: string } } | undefined }): boolean =>
  report?.DRAIN?.phase === "draining";
