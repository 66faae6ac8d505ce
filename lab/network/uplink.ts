import { labNames } from "../state/names";
import { LAB_RANGE, type Subnet } from "./addresses";
import { hasLink, ip, tryIp } from "./ip";
import { hasTable, removeTable, replaceTable, tryNft } from "./nft";
import { UPLINK } from "./segment";

/** What an uplink needs to know of a lab: the host reaches `cidr` through it. */
interface UplinkPlan {
  id: string;
  subnet: Pick<Subnet, "cidr" | "hostLink">;
}

/** Links the host with the lab's segment, or another namespace: for SSH from the host, and for packages. */
export async function createUplink(plan: UplinkPlan, segment = labNames(plan.id).segment): Promise<void> {
  const { hostLink, rejectMetric } = labNames(plan.id);
  const { hostLink: link, cidr } = plan.subnet;
  await ip(undefined, [["link", "add", hostLink, "type", "veth", "peer", "name", UPLINK, "netns", segment]]);
  await ip(segment, [
    ["addr", "add", `${link.lab}/${link.prefixLength}`, "dev", UPLINK],
    ["link", "set", UPLINK, "up"],
  ]);
  await ip(undefined, [
    ["addr", "add", `${link.host}/${link.prefixLength}`, "dev", hostLink],
    ["link", "set", hostLink, "up"],
    ["route", "replace", cidr, "via", link.lab, "dev", hostLink],
    ["route", "replace", "unreachable", LAB_RANGE, "metric", `${rejectMetric}`],
  ]);
  await ip(segment, [["route", "add", "default", "via", link.host]]);
  await replaceTable(hostTable(plan.id), hostChains(plan));
  await passFirewall(plan.id);
}

/** Whether the host's side is complete. */
export async function uplinkExists(plan: UplinkPlan): Promise<boolean> {
  return (await hasLink(undefined, labNames(plan.id).hostLink)) && (await hasTable(hostTable(plan.id)));
}

/** Removes the host's side: link, routes, table and rule. */
export async function removeUplink(id: string): Promise<void> {
  const { hostLink, rejectMetric } = labNames(id);
  await tryIp(undefined, ["link", "delete", "dev", hostLink]);
  await tryIp(undefined, ["route", "delete", "unreachable", LAB_RANGE, "metric", `${rejectMetric}`]);
  await removeTable(hostTable(id));
  await closeFirewall(id);
}

/** The chains of the host's table: out for packages only, never from lab to lab, and nothing new in from elsewhere. */
export function hostChains(plan: UplinkPlan): string {
  const { hostLink } = labNames(plan.id);
  return `  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "${hostLink}" ip daddr ${LAB_RANGE} reject with icmp type net-unreachable
    iifname != "${hostLink}" oifname "${hostLink}" ct state new drop
    iifname "${hostLink}" tcp flags syn tcp option maxseg size set rt mtu
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${plan.subnet.hostLink.lab} oifname != "${hostLink}" masquerade
  }`;
}

/** A host that drops forwarded packets by default (Docker does this) needs a rule of ours in its own chain. */
async function passFirewall(id: string): Promise<void> {
  const { hostLink, table } = labNames(id);
  const chain = await tryNft(undefined, ["list", "chain", "ip", "filter", "FORWARD"]);
  if (!/policy drop/.test(chain)) return;
  for (const side of ["iifname", "oifname"]) {
    const rule = [side, hostLink, "counter", "accept", "comment", `"${table}"`];
    await tryNft(undefined, ["insert", "rule", "ip", "filter", "FORWARD", ...rule]);
  }
}

async function closeFirewall(id: string): Promise<void> {
  const chain = await tryNft(undefined, ["--handle", "list", "chain", "ip", "filter", "FORWARD"]);
  for (const line of chain.split("\n").filter((text) => text.includes(`"${labNames(id).table}"`))) {
    const handle = /# handle (\d+)/.exec(line)?.[1];
    if (handle) await tryNft(undefined, ["delete", "rule", "ip", "filter", "FORWARD", "handle", handle]);
  }
}

function hostTable(id: string) {
  return { namespace: undefined, family: "ip", name: labNames(id).table } as const;
}
