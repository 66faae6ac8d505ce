import { numbers, signal } from "../host/processes";
import { attempt } from "../host/run";
import { prepareKernel } from "../state/kernel";
import { labNames } from "../state/names";
import type { LabPlan } from "../state/plan";
import { namespaces, tryIp } from "./ip";
import { createSegment, segmentExists, translate } from "./segment";
import { createUplink, removeUplink, uplinkExists } from "./uplink";

/** Builds the lab's segment and its link to the host; machines get their ports when they boot. */
export async function createNetwork(plan: LabPlan): Promise<void> {
  await createSegment(plan);
  await createUplink(plan);
  await translate(plan);
  await prepareKernel();
}

/** Whether all of `createNetwork` is there. */
export async function networkExists(plan: LabPlan): Promise<boolean> {
  return (await segmentExists(plan)) && (await uplinkExists(plan));
}

/** Removes every namespace of the lab, with the processes in it, and the host's side; half of it may be missing. */
export async function removeNetwork(id: string): Promise<void> {
  for (const namespace of await namespaces(labNames(id).namespaces)) {
    const { stdout } = await attempt(["ip", "netns", "pids", namespace]);
    for (const pid of numbers(stdout)) signal(pid, "SIGKILL");
    await tryIp(undefined, ["netns", "delete", namespace]);
  }
  await removeUplink(id);
}
