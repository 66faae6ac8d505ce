import { dropInterface } from "./interfaces";
import { instanceOf, interfacesOf } from "./lookup";
import { freePublicIp } from "./public-addresses";
import type { Instance, InstanceState, Region } from "./state";

/** What a machine has come to, as whoever runs it reports. */
export type Reached = "running" | "stopped" | "terminated";

const FROM: Record<Reached, InstanceState> = {
  running: "pending",
  stopped: "stopping",
  terminated: "shutting-down",
};

/**
 * The Region after a machine came to a state: the ways are those of the EC2 User Guide, "Instance lifecycle". A machine
 * that was on its way there when something else was asked of it changes nothing: it will be on its way again.
 */
export function reached(before: Region, instanceId: string, state: Reached): Region {
  const region = structuredClone(before);
  const instance = instanceOf(region, instanceId);
  if (instance.state !== FROM[state]) return before;
  instance.state = state;
  if (state !== "running") releaseLent(region, instance);
  if (state === "terminated") letGo(region, instance);
  return region;
}

/** Lends a public address to an instance that starts, if its only interface wants one and has no elastic IP there. */
export function lendPublicIp(region: Region, instance: Instance): void {
  const [first, second] = interfacesOf(region, instance.id);
  if (!first?.wantsPublicIp || second) return;
  const elastic = Object.values(region.addresses).some(
    ({ association }) =>
      association?.networkInterfaceId === first.id && association.privateIp === first.privateIps[0],
  );
  if (!elastic) first.automaticPublicIp ??= freePublicIp(region);
}

function releaseLent(region: Region, instance: Instance): void {
  for (const one of interfacesOf(region, instance.id)) delete one.automaticPublicIp;
}

/** An interface of an ended instance goes with it or goes back on the shelf, as its attachment says. */
function letGo(region: Region, instance: Instance): void {
  for (const one of interfacesOf(region, instance.id)) {
    if (one.attachment?.deleteOnTermination) dropInterface(region, one.id);
    else delete one.attachment;
  }
}
