import { readFile } from "node:fs/promises";
import { type AwsClient, awsClient } from "../ec2/client";
import { operatorEnvironment } from "../ec2/region/lifecycle";
import type { RegionPlan } from "../ec2/region/plan";

/** The Region's API, as its operator. */
export async function operatorOf(plan: RegionPlan): Promise<AwsClient> {
  const environment = operatorEnvironment(plan);
  const authority = await readFile(environment.AWS_CA_BUNDLE, "utf8");
  const { accessKeyId, secretAccessKey, region } = plan;
  return awsClient({
    endpoint: environment.AWS_ENDPOINT_URL,
    authority,
    accessKeyId,
    secretAccessKey,
    region,
  });
}

/** One instance as the lab's owner calls it: its Name tag without the pair's. */
export interface NamedInstance {
  name: string;
  id: string;
  zone: string;
  privateIp: string;
}

interface Described {
  instanceId: string;
  tagSet: { key: string; value: string }[];
  placement: { availabilityZone: string };
  privateIpAddress: string;
}

/** The instances that are there. */
export async function instancesOf(plan: RegionPlan): Promise<NamedInstance[]> {
  const aws = await operatorOf(plan);
  const Filter = [
    { Name: "instance-state-name", Value: ["pending", "running", "stopping", "stopped", "shutting-down"] },
  ];
  const { reservationSet } = await aws.ec2("DescribeInstances", { Filter });
  aws.close();
  const instances: Described[] = reservationSet.flatMap(
    (one: { instancesSet: Described[] }) => one.instancesSet,
  );
  return instances.map(({ instanceId: id, tagSet, placement, privateIpAddress: privateIp }) => {
    const name = tagSet.find(({ key }) => key === "Name")?.value ?? id;
    return { id, name: name.replace(/^edge-/, ""), zone: placement.availabilityZone, privateIp };
  });
}
