import { networkInterfaces } from "node:os";
import type { VipClaim } from "./claim";

/** On one L2 segment keepalived does it all: there is nothing to call, only to see whether the address is here. */
export function arp({ address, interface: device }: { address: string; interface: string }): VipClaim {
  return {
    local: true,
    owner: async () =>
      (networkInterfaces()[device] ?? []).some((one) => one.address === address) ? "mine" : "nobody",
    async take() {
      throw new Error(
        `keepalived is MASTER, and ${device} does not have ${address}: only keepalived adds it`,
      );
    },
  };
}
