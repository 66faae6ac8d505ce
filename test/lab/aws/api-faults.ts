import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Faults } from "../../../lab/ec2/faults";
import { pair } from "./pair";
import { peerOf } from "./subject";

interface ApiFault {
  faults: Partial<Faults>;
  /** Whether the VIP can move only when it is over. */
  blocks?: boolean;
}

const calls = ["DescribeAddresses", "AssociateAddress"];
const all = <T>(value: T): Record<string, T> => Object.fromEntries(calls.map((call) => [call, value]));

const API_FAULTS: Record<string, ApiFault> = {
  "that takes three seconds": { faults: { latencyMs: all(3000) } },
  "that throttles": { faults: { throttled: calls }, blocks: true },
  "that answers 500": { faults: { failing: all({ status: 500 }) }, blocks: true },
  "that answers 500 to what it did": {
    faults: { failing: { AssociateAddress: { status: 500, tookEffect: true } } },
  },
  "that tells the past": { faults: { staleMs: 2500 } },
  "that takes no credentials": { faults: { credentialsExpired: true }, blocks: true },
  "and no metadata": { faults: { imds: "silent" } },
};

describe("failover with an API", () => {
  it.each(Object.entries(API_FAULTS))("%s", async (_title, { faults, blocks = false }) => {
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

/** Where an agent is in its claim: the fault that holds it there for a while. */
const STEPS: Record<string, Partial<Faults>> = {
  "while it looks": { latencyMs: { DescribeAddresses: 2000 } },
  "before its call takes effect": { latencyMs: { AssociateAddress: 2000 } },
  "before it hears of it": { answerDelayMs: { AssociateAddress: 2000 } },
  "while it verifies": { staleMs: 2000 },
};

describe("an agent that is killed in its claim", () => {
  it.each(Object.entries(STEPS))("%s", async (_title, faults) => {
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
