import type { PartOf } from "./role";
import { keepChains, load, tableTrace, unload } from "./rules";
import { closeTunnel, openTunnel, tunnelSysctls, tunnelTraces } from "./tunnel";

/**
 * The node that lets the VIP go has it on the loopback device, too, so that it goes on to accept what the other node
 * sends on, and answers clients directly. It never answers ARP for an address that the asked interface does not have, and
 * never asks with it (kernel: ip-sysctl, arp_ignore 1 and arp_announce 2). keepalived leaves the copy alone. What an Elastic
 * IP stands for stays on the node anyway.
 */
export const keep: PartOf = (settings) => {
  const { vip, peer, tunnel } = settings;
  const stays = peer.vip !== vip;
  return {
    first: [...openTunnel(settings), ...(tunnel ? [load(keepChains(settings))] : [])],
    sysctls: [
      ...(stays
        ? []
        : [
            { path: "net/ipv4/conf/all/arp_ignore", wanted: (now: number) => Math.max(now, 1) },
            { path: "net/ipv4/conf/all/arp_announce", wanted: (now: number) => Math.max(now, 2) },
          ]),
      ...tunnelSysctls(settings),
    ],
    apply: stays ? [] : [{ argv: ["ip", "address", "replace", `${vip}/32`, "dev", "lo"] }],
    undo: [
      ...(stays ? [] : [{ argv: ["ip", "address", "del", `${vip}/32`, "dev", "lo"] }]),
      ...(tunnel ? [unload] : []),
      ...closeTunnel(settings),
    ],
    last: [],
    // Without them the node would answer ARP for the VIP.
    guarded: true,
    traces: [
      ...(stays
        ? []
        : [
            {
              what: `${vip} on lo`,
              argv: ["ip", "-4", "address", "show", "dev", "lo"],
              pattern: new RegExp(` ${vip.replaceAll(".", "\\.")}/32 `),
            },
          ]),
      ...(tunnel ? [tableTrace] : []),
      ...tunnelTraces(settings),
    ],
  };
};
