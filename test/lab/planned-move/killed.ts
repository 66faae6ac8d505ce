import { describe, expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile } from "../../../lab/probe/probe";
import { drainDirectory, drainProgram, drainUnit } from "../../../node/drain/names";
import { peerOf } from "../aws/subject";
import { cutOff, type MovingPair, type PlannedMove, SENT_AWAY } from "./subject";
import { whileDraining } from "./while-draining";

/** After a part was told to begin, or to end; on a machine that does nothing else either is over before the last of them. */
const MOMENTS_MS = [0, 40, 80, 120, 160, 200, 250, 300, 400, 600];

/** Runs on the node, so that nothing comes between: the part begins, or has begun and ends, and all of it is killed. */
const killed = (unit: string, when: "start" | "stop", ms: number): string => `
systemctl reset-failed ${unit} 2>/dev/null
${when === "stop" ? `systemctl start ${unit} || exit` : ""}
systemctl --no-block ${when} ${unit}
sleep ${ms / 1000}
systemctl kill --signal=KILL ${unit} 2>/dev/null
for ((look = 0; look < 300; look++)); do
  case "$(systemctl is-active ${unit})" in inactive | failed) exit 0 ;; esac
  sleep 0.1
done
echo "${unit} goes on" >&2
exit 1
`;

/** The programs of a move are killed at moments that lie close together, from their first to their last. */
export function outlivesKills(plannedMove: PlannedMove<MovingPair>): void {
  const { pair } = plannedMove;

  describe("who kills at any moment", () => {
    it.each([
      ["keep", "start"],
      ["keep", "stop"],
      ["detour", "start"],
      ["detour", "stop"],
    ] as const)("the program of %s, on its %s, changes nothing that the next does not take back", async (role, when) => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      const standby = peerOf(holder);
      const node = role === "keep" ? holder : standby;
      let undone = 0;
      const killAll = async (): Promise<void> => {
        for (const ms of MOMENTS_MS) {
          // Who keeps connections proves first that the other end is there.
          if (role === "keep") await pair.succeed(standby, `systemctl start ${drainUnit("detour")}`);
          await pair.succeed(node, killed(drainUnit(role), when, ms));
          const records = await pair.succeed(node, `ls ${drainDirectory} | grep ^${role} || true`);
          if (records === "") undone++;
          else await pair.succeed(node, `${drainProgram} undo ${role}`);
          expect(await plannedMove.traces(node), `killed after ${ms} ms`).toBe("");
        }
      };
      const probes = await probeWhile(pair.throughVip(), () =>
        killAll().finally(() => pair.succeed(standby, `systemctl stop ${drainUnit("detour")}`)),
      );
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
      expect(undone, "moments after which the part took itself back").toBeGreaterThan(0);
      expect(failures(probes)).toBe("");
      expect(await pair.holder()).toBe(holder);
      // Not loaded any more where it did not fail last.
      await pair.sh(node, `systemctl reset-failed ${drainUnit(role)}`);
    });

    it("both agents, while the VIP is about to move, cuts nobody off", async () => {
      await pair.untilHealthy();
      const kill = `for ((look = 0; look < 3000; look++)); do
        if grep -qs '"phase":"prepared"' ${drainDirectory}/status.json; then
          systemctl kill --signal=KILL nginx-ha-agent && echo killed
          exit
        fi
        sleep 0.01
      done`;
      const kills = Promise.all(nodeNames.map((name) => pair.succeed(name, kill)));
      kills.catch(() => {});
      const told = await whileDraining(
        plannedMove,
        async ({ clients }) => {
          expect(await kills).toEqual(nodeNames.map(() => "killed"));
          expect(cutOff(await clients.end())).toEqual([]);
        },
        SENT_AWAY,
      );
      expect(told).toMatchObject({ drain: { cut: 0 } });
      await pair.untilHealthy();
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });
  });
}
