import type { DrainSettings } from "../../node/drain/settings";
import type { Part } from "./role";

/**
 * The copy of the VIP's IPv6 address. It needs no setting to be silent: the kernel answers a search for neighbours for the asked
 * interface's own addresses only. Nobody is asked whether he has it, and none of the machine's own connections begins with it.
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
