import { type Answer, answerOf, pairStatus } from "../../cli/status/gather";
import { NODE_STATUS } from "../../cli/status/node-report";
import type { PairStatus } from "../../cli/status/pair-status";
import { exec } from "../machines/exec";
import { type LabPlan, machineNamed } from "../state/plan";
import { nodeNames } from "./machines";

/** Asks both nodes at once, without SSH; a dead one costs at most five seconds. */
export async function readStatus(plan: LabPlan): Promise<PairStatus> {
  const answers = await Promise.all(
    nodeNames.map((name) =>
      reportOf(name, (argv) => exec(plan, machineNamed(plan, name), argv, { timeoutMs: 5_000 })),
    ),
  );
  const nodes = nodeNames.map((name, index) => ({ name, zone: `rack-${index + 1}` }));
  return pairStatus({ name: "edge", vip: plan.subnet.vip, nodes }, answers);
}

/** Runs the node's own status program by `exec`. */
export async function reportOf(
  name: string,
  exec: (argv: string[]) => Promise<{ exitCode: number; stdout: string; stderr: string }>,
): Promise<Answer> {
  const result = await exec([NODE_STATUS]).catch(() => undefined);
  return result ? answerOf(name, result) : { reason: "does not answer" };
}
