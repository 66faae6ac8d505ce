import { expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { waitFor } from "../../../lab/host/wait";
import { probeWhile } from "../../../lab/probe/probe";
import type { AwsSubject } from "../aws/subject";
import { cutOff, IDLE, type PlannedMove, SENT_AWAY } from "./subject";

/** The machine of the holder is replaced twice: the first one's, then that of the one which took the VIP from it. */
export function outlivesReplacement(plannedMove: PlannedMove<AwsSubject>): void {
  const { pair } = plannedMove;
  /** Of the machine that is there; between the old one and the new one there is none. */
  const idOf = async (name: string): Promise<string | undefined> =>
    (await pair.instance(name).catch(() => undefined))?.id;

  /** What a node says of its handover, if it is still there. */
  const saysOf = async (name: string): Promise<string> => {
    const units = "-u nginx-ha-handover -u 'nginx-ha-drain@*' -u keepalived";
    const said = pair.succeed(name, `journalctl --no-pager --lines=40 --output=short-precise ${units}`);
    return said.catch((error: Error) => error.message);
  };

  /** Waits until a node hands over, which it has to before `over` rejects. */
  async function cutsNobodyOf(name: string, over: Promise<never>): Promise<void> {
    const clients = await plannedMove.clients();
    try {
      await Promise.race([plannedMove.untilDraining(name, SENT_AWAY), over]).catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await saysOf(name)}`);
      });
      expect((await plannedMove.drainOf(name))?.connections, name).toBeGreaterThan(IDLE);
      expect(cutOff(await clients.end()), name).toEqual([]);
    } finally {
      await clients.kill();
    }
  }

  it("pulumi up replaces both machines, each while it has the VIP, and cuts nobody off", async () => {
    await pair.untilHealthy();
    if ((await pair.holder()) !== "nginx-a") await plannedMove.switchover();
    const before = await idOf("nginx-a");
    const { instances } = await pair.model();
    const type = instances[before ?? ""]?.type === "t3.medium" ? "t3.small" : "t3.medium";
    await pair.configure(["instances", "type"], type);
    const replaceBoth = async (): Promise<void> => {
      const up = pair.mustUp();
      const over = up.then((text) => Promise.reject(new Error(`pulumi up has ended:\n${text}`)));
      over.catch(() => {});
      try {
        await cutsNobodyOf("nginx-a", over);
        const another = async () => ![before, undefined].includes(await idOf("nginx-a"));
        await waitFor("nginx-a's new machine", 180_000, another, 500);
        await cutsNobodyOf("nginx-b", over);
      } finally {
        await up.catch(() => {});
      }
      await up;
    };
    // Two machines boot meanwhile: late is not refused.
    const how = { intervalMs: 20, limitS: 500, requestMs: 3000 };
    const probes = await probeWhile(pair.throughVip(), replaceBoth, how);
    expect(failures(probes)).toBe("");
    await pair.untilHealthy();
  });
}
