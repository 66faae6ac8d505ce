import type { DrainSettings } from "../../node/drain/settings";
import type { Part } from "./role";

/**
 * A copy of the VIP's IPv6 address on the loopback device, on both nodes. The node that lets the VIP go accepts by it what the other
 * one sends on. The one that takes it accepts by it from the first packet: the kernel makes the route to an address that is added
 * in a work queue of its own (Linux, net/ipv6/addrconf.c: addrconf_dad_start), some time after keepalived has told everybody of
 * it, and drops what comes before (measured: a new connection in two of fifteen moves, which TCP asked for again a second later).
 * It needs no setting to be silent: the kernel answers a search for neighbours for the asked interface's own addresses only. Nobody
 * is asked whether he has it, and none of the machine's own connections begins with it. keepalived leaves it alone.
 */
export function ipv6Copy({ ipv6 }: DrainSettings): Pick<Part, "apply" | "undo" | "traces"> {
  if (!ipv6) return { apply: [], undo: [], traces: [] };
  const address = (...verb: string[]): string[] => ["ip", "-6", "address", ...verb];
  const copy = [`${ipv6.vip}/128`, "dev", "lo"];
  return {
    apply: [{ argv: [...address("replace"), ...copy, "nodad", "preferred_lft", "0"] }],
    undo: [{ argv: [...address("del"), ...copy] }],
    traces: [
      {
        what: `${ipv6.vip} on lo`,
        argv: address("show", "dev", "lo"),
        pattern: new RegExp(` ${ipv6.vip}/128 `),
      },
    ],
  };
}
