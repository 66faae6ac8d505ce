import { z } from "zod";
import { waitFor } from "../host/wait";
import { labNames, machineNamespace } from "../state/names";
import type { LabPlan, MachinePlan } from "../state/plan";
import { LAB_RANGE, macAddress, PREFIX_LENGTH6 } from "./addresses";
import { hasLink, ip, ipRows, setSysctls, tryIp } from "./ip";
import { BRIDGE } from "./segment";

/** A machine forwards nothing; a new namespace would have the host's setting. */
export const ENDPOINT = { "net/ipv4/ip_forward": "0" };

/** The only interface of a machine. */
const INTERFACE = "eth0";

/** Gives a machine a namespace as after power-on: one interface, one address, and nothing that an earlier boot left. */
export async function createPort(plan: LabPlan, machine: MachinePlan, incarnation: number): Promise<void> {
  const { segment } = labNames(plan.id);
  const namespace = machineNamespace(plan.id, machine.name);
  await removePort(plan.id, machine.name);
  await ip(undefined, [["netns", "add", namespace]]);
  const mac = macAddress(plan.id, machine.name, incarnation);
  const peer = ["peer", "name", INTERFACE, "address", mac, "netns", namespace];
  await ip(segment, [
    ["link", "add", machine.name, "type", "veth", ...peer],
    ["link", "set", machine.name, "master", BRIDGE, "up"],
  ]);
  await ip(namespace, configuration(plan, machine));
  await setSysctls(namespace, ENDPOINT);
}

/**
 * Sends a gratuitous ARP as soon as the bridge forwards the port's frames, for neighbours that still know the MAC
 * address of the machine that this one replaces. The kernel sends one when an address is set that was set already.
 */
export async function announcePort(plan: LabPlan, machine: MachinePlan, incarnation: number): Promise<void> {
  const { segment } = labNames(plan.id);
  const namespace = machineNamespace(plan.id, machine.name);
  await waitFor(`the port of ${machine.name} to forward`, 10_000, () => forwards(segment, machine.name));
  await setSysctls(namespace, { [ANNOUNCE]: "1" });
  await ip(namespace, [
    ["link", "set", INTERFACE, "address", macAddress(plan.id, machine.name, incarnation)],
  ]);
  await setSysctls(namespace, { [ANNOUNCE]: "0" });
}

async function forwards(segment: string, port: string): Promise<boolean> {
  const rows = await ipRows(segment, ["-details", "link", "show", "dev", port]);
  return z.array(portSchema).safeParse(rows).data?.[0]?.linkinfo.info_slave_data.state === "forwarding";
}

const portSchema = z.object({ linkinfo: z.object({ info_slave_data: z.object({ state: z.string() }) }) });

/** The `ip` commands that configure a machine's namespace. */
export function configuration({ subnet }: LabPlan, machine: MachinePlan): string[][] {
  return [
    ["link", "set", "lo", "up"],
    ["addr", "add", `${machine.address}/${subnet.prefixLength}`, "brd", "+", "dev", INTERFACE],
    // Nobody else has it: no second without it, as long as the kernel asks.
    ["addr", "add", `${machine.address6}/${PREFIX_LENGTH6}`, "dev", INTERFACE, "nodad"],
    ["link", "set", INTERFACE, "up"],
    ["route", "add", "default", "via", subnet.gateway],
    ["route", "add", subnet.hostLink.cidr, "via", subnet.gateway],
    ["route", "add", "unreachable", LAB_RANGE],
  ];
}

/** Pulls the machine's plug out of the bridge, or puts it back; false when it has no port. */
export async function setPort(id: string, machine: string, state: "up" | "down"): Promise<boolean> {
  return tryIp(labNames(id).segment, ["link", "set", "dev", machine, state]);
}

/** Whether the machine is wired to the bridge, be the link up or down. */
export function hasPort(id: string, machine: string): Promise<boolean> {
  return hasLink(labNames(id).segment, machine);
}

/** Removes a machine's port and namespace. */
export async function removePort(id: string, machine: string): Promise<void> {
  await tryIp(labNames(id).segment, ["link", "delete", "dev", machine]);
  await tryIp(undefined, ["netns", "delete", machineNamespace(id, machine)]);
}

const ANNOUNCE = `net/ipv4/conf/${INTERFACE}/arp_notify`;
