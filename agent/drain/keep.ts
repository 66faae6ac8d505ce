import type { PartOf } from "./role";

/**
 * The node that lets the VIP go has it on the loopback device, too, so that it goes on to accept what the other node
 * sends on, and answers clients directly. It never answers ARP for an address that the asked interface does not have, and
 * never asks with it (kernel: ip-sysctl, arp_ignore 1 and arp_announce 2). keepalived leaves the copy alone.
 */
export const keep: PartOf = ({ vip }) => ({
  first: [],
  sysctls: [
    { path: "net/ipv4/conf/all/arp_ignore", wanted: (now) => Math.max(now, 1) },
    { path: "net/ipv4/conf/all/arp_announce", wanted: (now) => Math.max(now, 2) },
  ],
  apply: [{ argv: ["ip", "address", "replace", `${vip}/32`, "dev", "lo"] }],
  undo: [{ argv: ["ip", "address", "del", `${vip}/32`, "dev", "lo"] }],
  last: [],
  // Without them the node would answer ARP for the VIP.
  guarded: true,
  traces: [
    {
      what: `${vip} on lo`,
      argv: ["ip", "-4", "address", "show", "dev", "lo"],
      pattern: new RegExp(` ${vip.replaceAll(".", "\\.")}/32 `),
    },
  ],
});
