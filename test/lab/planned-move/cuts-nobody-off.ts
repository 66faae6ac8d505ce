import { expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import type { Became } from "./clients/kind";
import { cutOff, type MovingPair, type PlannedMove } from "./subject";
import { whileDraining } from "./while-draining";

/** A busy machine is late; nobody asks TCP's next question again for longer than this. */
const LONGEST_MS = 3000;

export function cutsNobodyOff(plannedMove: PlannedMove<MovingPair>): void {
  it.each(["there", "and back"])("a planned move %s cuts nobody off and refuses nobody", async () => {
    let became: Record<string, Became> = {};
    const told = await whileDraining(
      plannedMove,
      async ({ from, to, clients }) => {
        expect(await plannedMove.drainOf(from)).toMatchObject({ role: "keep" });
        expect((await plannedMove.drainOf(from))?.connections).toBeGreaterThan(200);
        expect(await plannedMove.diverted(to), "packets that were sent on").toBeGreaterThan(100);
        expect(await plannedMove.diverts(from), "none twice").toBe(false);
        became = await clients.end();
      },
      6,
    );
    console.log(JSON.stringify({ measured: told.measured, drain: told.drain, became }));
    expect(cutOff(became)).toEqual([]);
    for (const talk of ["websocket", "tcp", "grpc"]) expect(became[talk]?.answers, talk).toBeGreaterThan(100);
    for (const [kind, { longestMs }] of Object.entries(became))
      expect(longestMs, `${kind}: milliseconds for an answer`).toBeLessThan(LONGEST_MS);
    expect(told).toMatchObject({
      measured: { failed: 0, refused: 0, held: 8, cutHeld: 0 },
      drain: { cut: 0, reason: "empty" },
    });
    expect(told.drain?.connections).toBe(told.drain?.ended);
    expect(told.status.verdict).toBe("healthy");
    for (const name of nodeNames) expect(await plannedMove.traces(name), name).toBe("");
  });
}
