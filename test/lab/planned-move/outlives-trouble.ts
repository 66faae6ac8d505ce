import { describe, expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile } from "../../../lab/probe/probe";
import { cutOff, cutOffOnOld, type MovingPair, type PlannedMove, SENT_AWAY } from "./subject";
import { whileDraining } from "./while-draining";

/** What may go wrong while the old node drains. */
export function outlivesTrouble(plannedMove: PlannedMove<MovingPair>): void {
  const { pair } = plannedMove;

  /** Resets what is established with a node's nginx. @returns how many */
  const endAll = (name: string): Promise<string> =>
    pair.succeed(
      name,
      "ss --kill --no-header --tcp state established '( sport = :80 or sport = :443 or sport = :7000 )' | wc -l",
    );

  describe("during a drain", () => {
    it("a second move is refused with the time that is left, and --now cuts and says how many", async () => {
      let old = "";
      const told = await whileDraining(plannedMove, async ({ from }) => {
        old = from;
        const refused = await plannedMove.nginxHaAnswered("switchover", "--yes");
        expect(refused.stdout).toMatch(
          new RegExp(
            `the last move is not over: ${from} keeps \\d+ established connections for \\d+ s at most \\(--now cuts them`,
          ),
        );
        expect(refused.exitCode).toBe(1);
        const { stdout } = await plannedMove.nginxHaAnswered("status");
        expect(stdout).toMatch(new RegExp(`# ${from} keeps \\d+ established connections for \\d+ s at most`));
        const again = await plannedMove.nginxHaAnswered("switchover", "--yes", "--now");
        expect(again.stdout).toMatch(/^\d{4} established connections of the last move were cut\.$/m);
        expect(again.exitCode).toBe(0);
      });
      expect(told).toMatchObject({ drain: { reason: "stopped" } });
      expect(await pair.holder()).toBe(old);
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });

    it("the old node's power is cut: nothing is sent on to it any more, and new connections go on", async () => {
      await whileDraining(plannedMove, async ({ from, to }) => {
        try {
          const probes = await probeWhile(pair.throughVip(), async () => {
            await pair.power("cut", from);
            await plannedMove.untilNothingIsLeft(to);
          });
          expect(failures(probes)).toBe("");
        } finally {
          await pair.power("restore", from);
        }
      });
      await pair.untilHealthy();
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });

    it("the new node's power is cut: the old one has the VIP again, and its connections go on", async () => {
      await whileDraining(
        plannedMove,
        async ({ from, to, clients }) => {
          try {
            await pair.power("cut", to);
            await pair.untilHeldBy(from);
            await plannedMove.untilNothingIsLeft(from);
            for (let count = 0; count < 20; count++) await pair.curl();
            expect(cutOffOnOld(await clients.end())).toEqual([]);
          } finally {
            await pair.power("restore", to);
          }
        },
        SENT_AWAY,
      );
      await pair.untilHealthy();
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });

    it("the new node's nginx is killed: the old one has the VIP again, and its connections go on", async () => {
      await whileDraining(
        plannedMove,
        async ({ from, to, clients }) => {
          await pair.succeed(to, "pkill -KILL nginx");
          await pair.untilHeldBy(from);
          for (let count = 0; count < 20; count++) await pair.curl();
          expect(cutOffOnOld(await clients.end())).toEqual([]);
        },
        SENT_AWAY,
      );
      await pair.untilHealthy();
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });

    it.each([
      "keep",
      "detour",
    ] as const)("whoever kills the program of %s ends it and leaves nothing", async (role) => {
      let node = "";
      await whileDraining(plannedMove, async ({ from, to }) => {
        node = role === "keep" ? from : to;
        await pair.succeed(
          node,
          `systemctl kill --kill-whom=main --signal=KILL nginx-ha-drain@${role}.service`,
        );
        await plannedMove.untilNothingIsLeft(node);
        for (let count = 0; count < 20; count++) await pair.curl();
      });
      await pair.untilHealthy();
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
      // Their clients' ends went to the other node: they would count as this node's in its next drain.
      if (role === "keep") console.log(`ended on ${node}, whose clients are gone: ${await endAll(node)}`);
    });

    it("an agent that is killed changes nothing", async () => {
      const told = await whileDraining(
        plannedMove,
        async ({ clients }) => {
          for (const name of nodeNames)
            await pair.succeed(name, "systemctl kill --signal=KILL nginx-ha-agent");
          expect(cutOff(await clients.end())).toEqual([]);
        },
        SENT_AWAY,
      );
      expect(told).toMatchObject({ drain: { cut: 0 } });
      await pair.untilHealthy();
    });
  });
}
