import { expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { peerOf } from "../pair/subject";
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
      for (const kept of ["busy", "keepalive", "idleHttp2"])
        expect(became[kept], "ended in order when the drain began").toMatchObject({ cameBack: true });
    } finally {
      await pair.mustUp();
    }
    for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    await pair.untilHealthy();
  });

  it("without a drain the VIP moves before anything stops, and established connections are cut", async () => {
    await pair.untilHealthy();
    try {
      await pair.withConfig(["drain"], { seconds: 0 }, () => pair.mustUp());
      const told = await plannedMove.switchover("--held", "8");
      expect(told).toMatchObject({ moved: true, measured: { held: 8, cutHeld: 8 } });
      expect(told).not.toHaveProperty("drain");
      await pair.untilHealthy();
      const from = await pair.holder();
      const probes = await probeWhile(throughVip(pair.plan), async () => {
        await pair.succeed(from, "systemctl restart nginx");
        await pair.untilHeldBy(peerOf(from));
      });
      const refused = probes.filter(({ error }) => error === "ECONNREFUSED");
      expect(refused, "while nginx had no port open and the node had the VIP").toEqual([]);
    } finally {
      await pair.mustUp();
    }
    await pair.untilHealthy();
  });
}
