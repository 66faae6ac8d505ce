import { runtimeLimit } from "../../node/drain/limits";
import { ipv6Copy } from "./ipv6-copy";
import type { PartOf } from "./role";
import { detourChains } from "./rules";
import { load, tableTraces, unload } from "./tables";
import { closeTunnel, makeTunnel, openTunnel, tunnelSysctls, tunnelTraces } from "./tunnel";

/** Seconds for which the kernel remembers a connection that has ended; its own two minutes fill its table. */
const TIME_WAIT_S = 10;

/** The node that takes the VIP sends on to the other one what belongs to no connection of its own. */
export const detour: PartOf = (settings, zone) => {
  const chains = detourChains(settings, zone);
  const six = ipv6Copy(settings);
  return {
    first: [...makeTunnel(settings), load(chains)],
    sysctls: [
      // The kernel's table is one for the whole machine: a container cannot set it.
      { path: "net/netfilter/nf_conntrack_max", wanted: (now) => Math.max(now, 262_144), optional: true },
      // A packet of a connection whose beginning was not seen is invalid then, and that is how it is told.
      { path: "net/netfilter/nf_conntrack_tcp_loose", wanted: () => 0 },
      // And nothing else is: a packet out of its window stays with its connection.
      { path: "net/netfilter/nf_conntrack_tcp_be_liberal", wanted: () => 1 },
      {
        path: "net/netfilter/nf_conntrack_tcp_timeout_time_wait",
        wanted: (now) => Math.min(now, TIME_WAIT_S),
      },
      // Nobody tells the kernel of their end when the drain is over: it would remember them for five days.
      {
        path: "net/netfilter/nf_conntrack_tcp_timeout_established",
        wanted: (now) => Math.min(now, runtimeLimit(settings)),
      },
      ...tunnelSysctls(settings),
    ],
    apply: [...openTunnel(settings), ...six.apply],
    undo: [...six.undo, ...closeTunnel(settings)],
    // To the last: nothing comes out of a tunnel that nobody filters.
    last: unload(chains),
    traces: [...six.traces, ...tableTraces(chains), ...tunnelTraces(settings)],
  };
};
