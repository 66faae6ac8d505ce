import { join } from "node:path";
import { proberFile } from "../../cli/probe/prober";
import { type Probe, parseProbes } from "../../cli/probe/probes";
import { execa } from "../host/execa";
import { machineNamespace } from "../state/names";
import type { LabPlan } from "../state/plan";

const root = join(__dirname, "../..");

/** Where the probes come from, and where they go. */
export interface Target {
  /** A network namespace. */
  namespace: string;
  address: string;
}

/** From a lab's client to its VIP. */
export const throughVip = (plan: LabPlan): Target => ({
  namespace: machineNamespace(plan.id, "client"),
  address: plan.subnet.vip,
});

/**
 * Probes an address from somewhere else while `work` runs, and a little before and after.
 * @param how.limitS seconds after which the prober stops by itself
 * @param how.requestMs milliseconds that an answer may take; beyond a second it is TCP that asks again
 */
export async function probeWhile(
  { namespace, address }: Target,
  work: () => Promise<unknown>,
  { intervalMs = 5, limitS = 120, port = 80, requestMs = 1000 } = {},
): Promise<Probe[]> {
  const node = join(root, "node_modules/.bin/node");
  const host = address.includes(":") ? `[${address}]` : address;
  const url = `http://${host}${port === 80 ? "" : `:${port}`}/probe`;
  const prober = [node, proberFile];
  const argv = [address, url, `${intervalMs}`, `${limitS}`, "0", `${requestMs}`];
  const child = (await execa)("ip", ["netns", "exec", namespace, ...prober, ...argv], {
    timeout: (limitS + 30) * 1000,
    maxBuffer: 200_000_000,
    stdin: "pipe",
  });
  await new Promise<void>((started, failed) => {
    child.stdout?.once("data", () => started());
    child.catch(failed);
  });
  await pause(300);
  try {
    await work();
    await pause(300);
  } finally {
    child.stdin?.end();
  }
  return parseProbes(String((await child).stdout));
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
