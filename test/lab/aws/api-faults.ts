import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Faults } from "../../../lab/ec2/faults";
import { type AwsSubject, peerOf } from "./subject";

interface ApiFault {
  faults: Partial<Faults>;
  /** Whether the VIP can move only when it is over. */
  blocks?: boolean;
}

/** The actions by which a mode looks, and moves. */
export interface Calls {
  look: string;
  move: string;
}

/** What can be wrong with the API. */
function apiFaults({ look, move }: Calls): Record<string, ApiFault> {
  const all = <T>(value: T): Record<string, T> => ({ [look]: value, [move]: value });
  return {
    "that takes three seconds": { faults: { latencyMs: all(3000) } },
    "that throttles": { faults: { throttled: [look, move] }, blocks: true },
    "that throttles the move only": { faults: { throttled: [move] }, blocks: true },
    "that answers 500 to the move only": { faults: { failing: { [move]: { status: 500 } } }, blocks: true },
    "that answers 500": { faults: { failing: all({ status: 500 }) }, blocks: true },
    "that answers 500 to what it did": {
      faults: { failing: { [move]: { status: 500, tookEffect: true } } },
    },
    "that tells the past": { faults: { staleMs: 2500 } },
    "that takes no credentials": { faults: { credentialsExpired: true }, blocks: true },
    "and no metadata": { faults: { imds: "silent" } },
  };
}

/** Where an agent is in its claim: the fault that holds it there for a while. */
const steps = ({ look, move }: Calls): Record<string, Partial<Faults>> => ({
  "while it looks": { latencyMs: { [look]: 2000 } },
  "before its call takes effect": { latencyMs: { [move]: 2000 } },
  "before it hears of it": { answerDelayMs: { [move]: 2000 } },
  "while it verifies": { staleMs: 2000 },
});

/** The VIP moves whatever is wrong with the API, as soon as that lets it. */
export function survivesApi(pair: AwsSubject, calls: Calls): void {
  describe("failover with an API", () => {
    it.each(Object.entries(apiFaults(calls)))("%s", async (_title, { faults, blocks = false }) => {
      await pair.untilHealthy();
      const before = await pair.holder();
      await pair.faults(faults);
      try {
        await pair.succeed(before, "pkill -KILL nginx");
        if (blocks) {
          await sleep(2500);
          expect(await pair.holder(), "nobody has it yet").toBe("nobody");
          await pair.faults();
        }
        await pair.untilHeldBy(peerOf(before));
      } finally {
        await pair.faults();
      }
      await pair.untilAnswered();
    });
  });

  describe("an agent that is killed in its claim", () => {
    it.each(Object.entries(steps(calls)))("%s", async (_title, faults) => {
      await pair.untilHealthy();
      const before = await pair.holder();
      const next = peerOf(before);
      await pair.faults(faults);
      try {
        await pair.succeed(before, "pkill -KILL nginx");
        await sleep(1000);
        await pair.succeed(next, "systemctl kill --kill-whom=main --signal=KILL nginx-ha-agent");
      } finally {
        await pair.faults();
      }
      await pair.untilHeldBy(next);
      await pair.untilAnswered();
    });
  });
}
