import { expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile } from "../../../lab/probe/probe";
import type { AwsSubject } from "../aws/subject";
import { cutOff, IDLE, type PlannedMove } from "./subject";

/** The machine of the holder is replaced twice: the first one's, then that of the one which took the VIP from it. */
export function outlivesReplacement(plannedMove: PlannedMove<AwsSubject>): void {
  const { pair } = plannedMove;
  /** Of the machine that is there; between the old one and the new one there is none. */
  const idOf = async (name: string): Promise<string | undefined> =>
    (await pair.instance(name).catch(() => undefined))?.id;

  it("pulumi up replaces both machines, each while it has the VIP, and cuts nobody off", async () => {
    await pair.untilHealthy();
    if ((await pair.holder()) !== "nginx-a") await plannedMove.switchover();
    const before = await idOf("nginx-a");
    await pair.configure(["instances", "type"], "t3.medium");
    const replaceBoth = async (): Promise<void> => {
      const up = pair.mustUp();
      up.catch(() => {});
      for (const name of nodeNames) {
        const clients = await plannedMove.clients();
        try {
          await plannedMove.untilDraining(name, 2);
          expect((await plannedMove.drainOf(name))?.connections, name).toBeGreaterThan(IDLE);
          expect(cutOff(await clients.end()), name).toEqual([]);
        } finally {
          await clients.kill();
        }
        if (name === "nginx-a")
          await waitFor(
            "nginx-a's new machine",
            180_000,
            async () => ![before, undefined].includes(await idOf(name)),
            500,
          );
      }
      await up;
    };
    const probes = await probeWhile(pair.throughVip(), replaceBoth, { intervalMs: 20, limitS: 500 });
    expect(judge(probes)).toMatchObject({ failed: 0 });
    await pair.untilHealthy();
  });
}
