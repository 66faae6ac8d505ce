import { ipv6Copy } from "./ipv6-copy";
import type { PartOf } from "./role";
import { detourChains } from "./rules";
import { load, tableTraces, unload } from "./tables";
import { closeTunnel, makeTunnel, openTunnel, tunnelSysctls, tunnelTraces } from "./tunnel";

/** The node that takes the VIP sends on to the other one what belongs to no connection of its own. */
export const detour: PartOf = (settings) => {
  const chains = detourChains(settings);
  const six = ipv6Copy(settings);
  return {
    first: [...makeTunnel(settings), load(chains)],
    sysctls: tunnelSysctls(settings),
    apply: [...openTunnel(settings), ...six.apply],
    undo: [...six.undo, ...closeTunnel(settings)],
    // To the last: nothing comes out of a tunnel that nobody filters.
    last: unload(chains),
    traces: [...six.traces, ...tableTraces(chains), ...tunnelTraces(settings)],
  };
};
