import { administrator, type Caller } from "../../../../lab/ec2/iam/caller";
import type { Response } from "../../../../lab/ec2/model/action";
import { reached } from "../../../../lab/ec2/model/lifecycle";
import { newRegion } from "../../../../lab/ec2/model/new-region";
import type { Node } from "../../../../lab/ec2/model/parameters";
import { type Outcome, perform } from "../../../../lab/ec2/model/perform";
import type { Region } from "../../../../lab/ec2/model/state";

export const ACCOUNT = "123456789012";
export const IMAGE = "ami-0debian13amd64000";
/** EC2's instances may take the role. */
export const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
export const NOW = Date.parse("2026-06-30T12:00:00Z");

export function emptyRegion(): Region {
  const image = {
    id: IMAGE,
    name: "debian-13-amd64",
    description: "Debian 13",
    owner: "136693071363",
    tags: {},
  };
  return newRegion({
    name: "lab-west-1",
    account: ACCOUNT,
    zones: [
      { name: "lab-west-1a", id: "labw1-az1" },
      { name: "lab-west-1b", id: "labw1-az2" },
    ],
    publicRange: "203.0.113.0/24",
    seed: "test",
    images: [{ ...image, architecture: "x86_64", creationDate: "2026-06-01T00:00:00.000Z" }],
  });
}

/** A value as a test writes it: lists as arrays, everything else as it is. */
export type Input = string | number | boolean | Input[] | { [name: string]: Input };

/** The same as the query protocol has it. */
function node(input: Input): Node {
  if (Array.isArray(input)) return Object.fromEntries(input.map((item, index) => [index + 1, node(item)]));
  if (typeof input !== "object") return String(input);
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, node(value)]));
}

/** A Region that takes one request after the other. */
class Subject {
  constructor(
    public region: Region = emptyRegion(),
    public caller: Caller = administrator(ACCOUNT),
  ) {}

  attempt(action: string, parameters: { [name: string]: Input } = {}, caller = this.caller): Outcome {
    const outcome = perform(this.region, { action, parameters: node(parameters), now: NOW }, caller);
    this.region = outcome.state;
    return outcome;
  }

  /** The answer to a request that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer by reading it
  call(action: string, parameters: { [name: string]: Input } = {}): any {
    const { error, response } = this.attempt(action, parameters);
    if (error) throw new Error(`${action}: ${error.code}: ${error.message}`);
    return response as Response;
  }

  /** The code of the error that a request must end with. */
  refusal(action: string, parameters: { [name: string]: Input } = {}, caller = this.caller): string {
    const before = this.region;
    const { error } = this.attempt(action, parameters, caller);
    if (this.region !== before) throw new Error(`${action} was refused but changed the Region`);
    return error?.code ?? "(no error)";
  }

  /** Brings an instance to a state, by the request that leads there and what comes of it. */
  reach(instanceId: string, state: "running" | "stopped" | "terminated"): void {
    const request = { running: undefined, stopped: "StopInstances", terminated: "TerminateInstances" }[state];
    if (request) this.call(request, { InstanceId: [instanceId] });
    this.region = reached(this.region, instanceId, state);
  }
}

/** Two nodes in two zones on interfaces of their own, a spare interface beside the first, an elastic IP. */
export function pair() {
  const lab = new Subject();
  const vpc = lab.call("CreateVpc", { CidrBlock: "10.0.0.0/16" }).vpc.vpcId as string;
  const subnet = (block: string, zone: string): string =>
    lab.call("CreateSubnet", { VpcId: vpc, CidrBlock: block, AvailabilityZone: zone }).subnet.subnetId;
  const subnets = { a: subnet("10.0.1.0/24", "lab-west-1a"), b: subnet("10.0.2.0/24", "lab-west-1b") };
  const gateway = lab.call("CreateInternetGateway").internetGateway.internetGatewayId as string;
  lab.call("AttachInternetGateway", { InternetGatewayId: gateway, VpcId: vpc });
  const eni = (SubnetId: string, addresses: string[]): string =>
    lab.call("CreateNetworkInterface", {
      SubnetId,
      PrivateIpAddresses: addresses.map((PrivateIpAddress, index) => ({
        PrivateIpAddress,
        Primary: index === 0,
      })),
    }).networkInterface.networkInterfaceId;
  const enis = {
    a: eni(subnets.a, ["10.0.1.11", "10.0.1.12"]),
    b: eni(subnets.b, ["10.0.2.11", "10.0.2.12"]),
    spare: eni(subnets.a, ["10.0.1.21"]),
  };
  const launch = (id: string): string =>
    lab.call("RunInstances", {
      ImageId: IMAGE,
      InstanceType: "t3.small",
      MinCount: 1,
      MaxCount: 1,
      NetworkInterface: [{ DeviceIndex: 0, NetworkInterfaceId: id }],
    }).instancesSet[0].instanceId;
  const instances = { a: launch(enis.a), b: launch(enis.b) };
  for (const id of Object.values(instances)) lab.reach(id, "running");
  const allocation = lab.call("AllocateAddress", { Domain: "vpc" }).allocationId as string;
  return { lab, vpc, subnets, gateway, enis, instances, allocation };
}
