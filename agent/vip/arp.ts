import { networkInterfaces } from "node:os";
import type { ArpClaim } from "../../node/claim";
import type { VipClaim } from "./claim";

/** On one L2 segment keepalived does it all: there is nothing to call, only to see whether the address is here. */
export function arp({ address, address6, interface: device }: Omit<ArpClaim, "mode">): VipClaim {
  const all = [address, ...(address6 === undefined ? [] : [address6])];
  const missing = (): string[] => {
    const here = (networkInterfaces()[device] ?? []).map((one) => one.address);
    return all.filter((one) => !here.includes(one));
  };
  return {
    local: true,
    owner: async () => (missing().length === 0 ? "mine" : "nobody"),
    async take() {
      const what = missing().join(" and ") || address;
      throw new Error(`keepalived is MASTER, and ${device} does not have ${what}: only keepalived adds it`);
    },
  };
}
