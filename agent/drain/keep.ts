import { closingFile, drainDirectory } from "../../node/drain/names";
import type { DrainSettings } from "../../node/drain/settings";
import { ipv6Copy } from "./ipv6-copy";
import type { PartOf, Sysctl, Trace } from "./role";
import { keepChains } from "./rules";
import { load, tableTraces, unload } from "./tables";
import { arrivalSysctls, closeTunnel, makeTunnel, openTunnel, tunnelSysctls, tunnelTraces } from "./tunnel";

/**
 * The node that lets the VIP go has it on the loopback device, too, so that it goes on to accept what the other node
 * sends on, and answers by itself. It never answers ARP for an address that the asked interface does not have, and
 * never asks with it (kernel: ip-sysctl, arp_ignore 1 and arp_announce 2). keepalived leaves the copy alone. What an Elastic
 * IP stands for stays on the node anyway.
 */
export const keep: PartOf = (settings) => {
  const copies = settings.peer.vip === settings.vip;
  const chains = keepChains(settings);
  const copy = [`${settings.vip}/32`, "dev", "lo"];
  const six = ipv6Copy(settings);
  /** What goes for a copy on the loopback device only, and for a tunnel. */
  const ofCopy = <T>(...some: T[]): T[] => (copies ? some : []);
  const ofTunnel = <T>(...some: T[]): T[] => (settings.tunnel ? some : []);
  return {
    first: [...makeTunnel(settings), ...ofTunnel(load(chains))],
    sysctls: [...ofCopy(...silent), ...tunnelSysctls(settings), ...arrivalSysctls(settings)],
    apply: [
      ...openTunnel(settings),
      ...ofCopy({ argv: ["ip", "address", "replace", ...copy] }),
      ...six.apply,
    ],
    undo: [
      { argv: ["rm", "-f", closingFile] },
      ...ofCopy({ argv: ["ip", "address", "del", ...copy] }),
      ...six.undo,
      ...closeTunnel(settings),
    ],
    // To the last: nothing comes out of a tunnel that nobody filters.
    last: unload(chains),
    traces: [
      closingTrace,
      ...ofCopy(copyTrace(settings)),
      ...six.traces,
      ...tableTraces(chains),
      ...tunnelTraces(settings),
    ],
  };
};

const silent: Sysctl[] = [
  { path: "net/ipv4/conf/all/arp_ignore", wanted: (now) => Math.max(now, 1) },
  { path: "net/ipv4/conf/all/arp_announce", wanted: (now) => Math.max(now, 2) },
];

const closingTrace: Trace = {
  what: closingFile,
  argv: ["ls", drainDirectory],
  pattern: /^closing$/m,
};

const copyTrace = ({ vip }: DrainSettings): Trace => ({
  what: `${vip} on lo`,
  argv: ["ip", "-4", "address", "show", "dev", "lo"],
  pattern: new RegExp(` ${vip.replaceAll(".", "\\.")}/32 `),
  // Without them the node would answer ARP for the VIP.
  guarded: true,
});
