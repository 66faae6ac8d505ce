import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { lendPublicIp } from "../lifecycle";
import { instanceOf, interfacesOf } from "../lookup";
import { flag, list, required, text } from "../parameters";
import { publicSide } from "../public-addresses";
import { profileArn, showInstance, stateAnswer } from "../show-instance";
import type { Instance, InstanceState, Region } from "../state";
import { runInstances } from "./run-instances";

const ids = { InstanceId: required(list(text())) };

/** Moves instances on towards a state, and answers from where to where, as all three actions do. */
function change(region: Region, instanceIds: string[], move: (instance: Instance) => InstanceState) {
  const instances = instanceIds.map((id) => instanceOf(region, id));
  return {
    instancesSet: instances.map((instance) => {
      const previousState = stateAnswer(instance.state);
      instance.state = move(instance);
      return { instanceId: instance.id, currentState: stateAnswer(instance.state), previousState };
    }),
  };
}

function wrongState({ id, state }: Instance, wanted: string): never {
  return refuse(
    "IncorrectInstanceState",
    `The instance '${id}' is not in a state from which it can be ${wanted}: ${state}.`,
  );
}

const terminate = mutation({
  parameters: ids,
  run: (region, { InstanceId }) =>
    change(region, InstanceId, (instance) => {
      if (instance.disableApiTermination) {
        refuse(
          "OperationNotPermitted",
          `The instance '${instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        );
      }
      return instance.state === "terminated" ? "terminated" : "shutting-down";
    }),
});

const stop = mutation({
  parameters: { ...ids, Force: flag() },
  run: (region, { InstanceId }) =>
    change(region, InstanceId, (instance) => {
      if (instance.state === "stopped" || instance.state === "stopping") return instance.state;
      return instance.state === "running" ? "stopping" : wrongState(instance, "stopped");
    }),
});

const start = mutation({
  parameters: ids,
  run: (region, { InstanceId }) =>
    change(region, InstanceId, (instance) => {
      if (instance.state === "running" || instance.state === "pending") return instance.state;
      if (instance.state !== "stopped") wrongState(instance, "started");
      lendPublicIp(region, instance);
      return "pending";
    }),
});

const describe = description<Instance>({
  set: "reservationSet",
  items: (region) => Object.values(region.instances),
  select: { InstanceId: { of: ({ id }) => id, missing: "InvalidInstanceID.NotFound" } },
  filters: (region) => ({
    "instance-id": ({ id }) => id,
    "availability-zone": ({ subnetId }) => region.subnets[subnetId]?.zone,
    "client-token": ({ clientToken }) => clientToken,
    "iam-instance-profile.arn": ({ profile }) => profile && profileArn(region, profile),
    "image-id": ({ imageId }) => imageId,
    "instance-state-name": ({ state }) => state,
    "instance-state-code": ({ state }) => stateAnswer(state).code,
    "instance-type": ({ type }) => type,
    "ip-address": (one) => publicIp(region, one),
    "key-name": ({ keyName }) => keyName,
    "network-interface.network-interface-id": ({ id }) => interfacesOf(region, id).map((each) => each.id),
    "network-interface.addresses.private-ip-address": ({ id }) =>
      interfacesOf(region, id).flatMap((each) => each.privateIps),
    "private-ip-address": ({ id }) => interfacesOf(region, id)[0]?.privateIps[0],
    "reservation-id": ({ reservationId }) => reservationId,
    "subnet-id": ({ id }) => interfacesOf(region, id)[0]?.subnetId,
    "vpc-id": ({ id }) => region.subnets[interfacesOf(region, id)[0]?.subnetId ?? ""]?.vpcId,
  }),
  show: (region, instance) => ({
    reservationId: instance.reservationId,
    ownerId: region.account,
    groupSet: [],
    instancesSet: [showInstance(region, instance)],
  }),
});

function publicIp(region: Region, { id }: Instance): string | undefined {
  const first = interfacesOf(region, id)[0];
  return first && publicSide(region, first, first.privateIps[0] ?? "")?.publicIp;
}

export const instanceActions: Record<string, Action> = {
  RunInstances: runInstances,
  TerminateInstances: terminate,
  StopInstances: stop,
  StartInstances: start,
  DescribeInstances: describe,
};
