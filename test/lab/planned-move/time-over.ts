import { expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import type { Became } from "./clients/kind";
import { plannedMove } from "./hosts";
import { IDLE } from "./subject";
import { whileDraining } from "./while-draining";

const { pair } = plannedMove;

/** Of those that nginx does not end by itself there is one each. */
const LASTING = ["download", "upload", "websocket", "websocket6", "tcp", "tcp6", "grpc", "http2"];
const CONNECTIONS = IDLE + LASTING.length;

/** What becomes of connections that last longer than the drain. */
export function endsInTime(): void {
  it("a drain whose time is over resets what is left, and says how many", async () => {
    await pair.untilHealthy();
    try {
      await pair.withConfig(["drain"], { seconds: 5 }, () => pair.mustUp());
      let became: Record<string, Became> = {};
      const told = await whileDraining(plannedMove, async ({ from, clients }) => {
        await plannedMove.untilNothingIsLeft(from);
        became = await clients.end();
      });
      expect(told.drain).toMatchObject({ reason: "time" });
      expect(told.drain?.cut).toBeGreaterThanOrEqual(CONNECTIONS);
      expect(became.idle?.error).toBe(`${IDLE} of ${IDLE} are cut, ${IDLE} by a reset`);
      for (const kind of LASTING) expect(became[kind]?.error, kind).toBeDefined();
      expect(became.keepalive, "ended as idle when the drain began").not.toHaveProperty("error");
    } finally {
      await pair.mustUp();
    }
    for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    await pair.untilHealthy();
  });
}
