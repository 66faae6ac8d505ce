import { type IpCommand, ip, setSysctls, tryIp } from "../../network/ip";
import type { Cable } from "./kernel";
import { cableName, vpcNames } from "./names";
import { gateway, type NetworkInterface, type VpcNetwork } from "./vpc";

/** What has to be unplugged and plugged in, from what is there. */
export interface CableChanges {
  unplug: string[];
  plug: NetworkInterface[];
}

/** Compares the cables that are there with those of the network. */
export function cableChanges(network: VpcNetwork, actual: readonly Cable[]): CableChanges {
  const wanted = new Map(network.interfaces.filter(isAttached).map((one) => [cableName(one.id), label(one)]));
  const right = new Set(
    actual.filter(({ name, label: is }) => wanted.get(name) === is).map(({ name }) => name),
  );
  return {
    unplug: actual.map(({ name }) => name).filter((name) => !right.has(name)),
    plug: network.interfaces.filter((one) => isAttached(one) && !right.has(cableName(one.id))),
  };
}

/** Unplugs and plugs in. */
export async function changeCables(id: string, { unplug, plug }: CableChanges): Promise<void> {
  const { router } = vpcNames(id);
  // A cable may be gone by itself: it goes with the machine's namespace.
  for (const name of unplug) await tryIp(router, ["link", "delete", "dev", name]);
  await ip(router, plug.flatMap(plugCommands));
  // Neighbour parameters have no defaults of a namespace's own; without this, answers to ARP take up to 0.8 s.
  const delays = plug.map((one) => [`net/ipv4/neigh/${cableName(one.id)}/proxy_delay`, "0"]);
  await setSysctls(router, Object.fromEntries(delays));
}

/** The `ip` commands that lay one cable: the machine's end has the interface's MAC address and nothing else. */
export function plugCommands(one: NetworkInterface): IpCommand[] {
  const { namespace, device } = one.attachment ?? { namespace: "", device: "" };
  const cable = cableName(one.id);
  const peer = ["peer", "name", device, "address", one.mac, "netns", namespace];
  return [
    ["link", "add", cable, "type", "veth", ...peer],
    ["link", "set", cable, "alias", label(one)],
    ["link", "set", cable, "up"],
    ["neigh", "replace", one.privateIps[0], "lladdr", one.mac, "dev", cable, "nud", "permanent"],
  ];
}

/** What DHCP gives a machine on EC2: the primary address and the way out; never a secondary address. */
export async function configureAsDhcp({ attachment, subnet, privateIps }: NetworkInterface): Promise<void> {
  if (!attachment) return;
  const { namespace, device } = attachment;
  await ip(namespace, [
    ["link", "set", "lo", "up"],
    ["addr", "add", `${privateIps[0]}/${subnet.split("/")[1]}`, "brd", "+", "dev", device],
    ["link", "set", device, "up"],
    ["route", "add", "default", "via", gateway(subnet), "dev", device],
  ]);
}

/** Told apart by this: a cable with another label leads somewhere else. */
function label({ mac, privateIps, attachment }: NetworkInterface): string {
  return `${attachment?.namespace}/${attachment?.device}/${mac}/${privateIps[0]}`;
}

function isAttached({ attachment }: NetworkInterface): boolean {
  return attachment !== undefined;
}
