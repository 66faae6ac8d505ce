import type { InstanceState } from "../../../lab/ec2/model/state";
import { waitFor } from "../../../lab/host/wait";
import type { AwsSubject } from "./subject";

/** A machine of a client inside of the VPC, in one of its subnets, that has booted. @returns its id */
export async function launchClient(pair: AwsSubject, subnetId: string): Promise<string> {
  const { images } = await pair.model();
  const launch = {
    ImageId: Object.keys(images)[0],
    InstanceType: "t3.nano",
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetId,
    TagSpecification: [{ ResourceType: "instance", Tag: [{ Key: "Name", Value: "inside" }] }],
  };
  const { instanceId } = (await pair.ec2("RunInstances", launch)).instancesSet[0];
  await untilState(pair, instanceId, "running");
  // Until then it may be without its route once more.
  const booted = async (): Promise<boolean> =>
    (await pair.sh(instanceId, "cloud-init status | grep -q done")).exitCode === 0;
  await waitFor(`${instanceId} to have booted`, 120_000, () => booted().catch(() => false), 500);
  return instanceId;
}

export async function terminate(pair: AwsSubject, id: string): Promise<void> {
  await pair.ec2("TerminateInstances", { InstanceId: [id] });
  await untilState(pair, id, "terminated");
}

const untilState = (pair: AwsSubject, id: string, state: InstanceState): Promise<unknown> =>
  waitFor(
    `${id} to be ${state}`,
    60_000,
    async () => (await pair.model()).instances[id]?.state === state,
    200,
  );
