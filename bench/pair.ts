import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { problemsOf } from "../cli/status/judge";
import type { PairStatus } from "../cli/status/pair-status";
import { waitFor } from "../lab/host/wait";
import { stackFile, stackName } from "../lab/pair/stack";
import { readStatus } from "../lab/pair/status";
import { bringUp, type PairLab, preparePair } from "../lab/pair/up";
import { stopLab } from "../lab/state/lifecycle";
import { report } from "./run";

const clone = resolve(__dirname, "..");

/** A pair in a lab of its own for as long as `work` runs. */
export async function withPair(name: string, work: (lab: PairLab) => Promise<void>): Promise<void> {
  const input = { name, clone, release: "trixie" as const };
  await stopLab(input);
  try {
    const lab = await preparePair(input, report);
    const { plan, pulumi } = lab;
    const status = () => readStatus(plan);
    await bringUp({ stack: stackName, file: stackFile(plan), pulumi, status }, clone, report);
    await work(lab);
  } finally {
    await stopLab(input);
  }
}

/**
 * A healthy pair, and past its start-up delay: a keepalived that has just started takes no part in the election for a
 * second, and a failure in that second is another event than the one that is measured.
 */
export async function settled(status: () => Promise<PairStatus>): Promise<void> {
  await waitFor("a healthy pair", 90_000, async () => problemsOf(await status()).length === 0, 200);
  await sleep(3000);
}
