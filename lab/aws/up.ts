import { operatorEnvironment, type RegionInput, startRegion } from "../ec2/region/lifecycle";
import type { RegionPlan } from "../ec2/region/plan";
import type { Report } from "../host/report";
import { openPulumi, type Pulumi } from "../pair/engine";
import { labDirectory } from "../state/plan";
import { prepareStack } from "./stack";

/** A Region with the stack's configuration written; nothing of the product is in it yet. */
export interface AwsLab {
  plan: RegionPlan;
  pulumi: Pulumi;
}

/**
 * Finds the engine, starts the Region, writes the stack.
 * @param from a stack of the project whose configuration the lab's gets
 */
export async function prepareAws(input: RegionInput, report: Report, from?: string): Promise<AwsLab> {
  await openPulumi(input.clone, labDirectory(input.clone, input.name), report);
  const plan = await startRegion(input, report);
  const pulumi = await openPulumi(input.clone, plan.directory, () => {}, operatorEnvironment(plan));
  await prepareStack(plan, input.clone, pulumi, { stack: from, report });
  return { plan, pulumi };
}
