import { labNames } from "../state/names";
import type { LabPlan } from "../state/plan";
import { NEVER_UPLINKED } from "./addresses";
import { hasLink, ip, setSysctls } from "./ip";
import { replaceTable } from "./nft";

/** The bridge that is the lab's wire. */
export const BRIDGE = "lan";

/** The segment's end of the link to the host. */
export const UPLINK = "uplink";

/** Builds the namespace with the bridge: a plain wire, with the lab's gateway on it. */
export async function createSegment(plan: LabPlan): Promise<void> {
  const { segment } = labNames(plan.id);
  const { gateway, prefixLength } = plan.subnet;
  await ip(undefined, [["netns", "add", segment]]);
  await ip(segment, [
    ["link", "set", "lo", "up"],
    ["link", "add", BRIDGE, "type", "bridge", "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0"],
    ["addr", "add", `${gateway}/${prefixLength}`, "dev", BRIDGE],
    ["link", "set", BRIDGE, "up"],
    ...NEVER_UPLINKED.map((range) => ["route", "add", "unreachable", range]),
  ]);
  await setSysctls(segment, SYSCTLS);
}

/** The segment's own translation: everything of the lab that goes up has the link's address. */
export async function translate(plan: LabPlan): Promise<void> {
  const { segment } = labNames(plan.id);
  await replaceTable({ namespace: segment, family: "ip", name: "uplink" }, translation(plan));
}

/** Whether the segment is there with its uplink. */
export async function segmentExists(plan: LabPlan): Promise<boolean> {
  const { segment } = labNames(plan.id);
  return (await hasLink(segment, BRIDGE)) && (await hasLink(segment, UPLINK));
}

/** The chains of the segment's table. */
function translation(plan: LabPlan): string {
  return `  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${plan.subnet.cidr} oifname "${UPLINK}" masquerade
  }`;
}

/** Frames on the bridge are nobody's business: without these, the host's br_netfilter would route them through nft. */
const SYSCTLS = {
  "net/bridge/bridge-nf-call-iptables": "0",
  "net/bridge/bridge-nf-call-ip6tables": "0",
  "net/bridge/bridge-nf-call-arptables": "0",
  "net/ipv4/ip_forward": "1",
  "net/ipv4/conf/all/rp_filter": "0",
  "net/ipv4/conf/all/send_redirects": "0",
};
