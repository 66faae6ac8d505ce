import { expect, it } from "vitest";
import { failures, judge, longestGap } from "../../../cli/probe/probes";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile } from "../../../lab/probe/probe";
import type { Became } from "./clients/kind";
import { cutOff, IDLE, type MovingPair, type PlannedMove, SENT_AWAY } from "./subject";
import { whileDraining } from "./while-draining";

/** A busy machine is late; nobody asks TCP's next question again for longer than this. */
const LONGEST_MS = 3000;

export function cutsNobodyOff(plannedMove: PlannedMove<MovingPair>): void {
  const { pair } = plannedMove;
  it.each(["there", "and back"])("a planned move %s cuts nobody off and refuses nobody", async () => {
    let became: Record<string, Became> = {};
    let told: SwitchoverResult | undefined;
    const probes = await probeWhile(pair.throughVip(), async () => {
      told = await whileDraining(
        plannedMove,
        async ({ from, to, clients }) => {
          expect(await plannedMove.drainOf(from)).toMatchObject({ role: "keep" });
          expect((await plannedMove.drainOf(from))?.connections).toBeGreaterThan(IDLE);
          for (const family of ["ip", ...(pair.vip6 ? ["ip6"] : [])]) {
            expect(await plannedMove.diverted(to, family), `${family}: sent on`).toBeGreaterThan(100);
            expect(await plannedMove.diverts(from, family), `${family}: none twice`).toBe(false);
          }
          for (const name of nodeNames) {
            expect(await plannedMove.routing(name), name).toBe("");
            if (!pair.vip6) continue;
            const onLo = await pair.succeed(name, "ip -6 -oneline address show dev lo");
            expect(onLo, name).toContain(` ${pair.vip6}/128 `);
          }
          became = await clients.end();
        },
        SENT_AWAY,
      );
    });
    const seen = { ...judge(probes), gapMs: longestGap(probes).ms };
    console.log(JSON.stringify({ seen, drain: told?.drain, became }));
    if (seen.failed > 0) console.log(failures(probes));
    expect(cutOff(became)).toEqual([]);
    const talks = ["websocket", "tcp", "grpc", ...(pair.vip6 ? ["websocket6", "tcp6"] : [])];
    for (const talk of talks) expect(became[talk]?.answers, talk).toBeGreaterThan(100);
    for (const kept of ["busy", "keepalive", "idleHttp2"])
      expect(became[kept], kept).toMatchObject({ cameBack: true });
    for (const [kind, { longestMs }] of Object.entries(became))
      expect(longestMs, `${kind}: milliseconds for an answer`).toBeLessThan(LONGEST_MS);
    expect(failures(probes)).toBe("");
    expect(told).toMatchObject({
      drain: { cut: 0, reason: "empty" },
    });
    expect(told?.drain?.connections).toBe(told?.drain?.ended);
    expect(told?.status.verdict).toBe("healthy");
    for (const name of nodeNames) expect(await plannedMove.traces(name), name).toBe("");
  });
}
