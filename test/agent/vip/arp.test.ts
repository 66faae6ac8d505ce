import { networkInterfaces } from "node:os";
import { beforeEach, expect, it, vi } from "vitest";
import { arp } from "../../../agent/vip/arp";

vi.mock("node:os", async (original) => ({
  ...(await original<typeof import("node:os")>()),
  networkInterfaces: vi.fn(),
}));

const claim = { address: "192.0.2.100", address6: "2001:db8::100", interface: "eth0" };
const onInterface = (...addresses: string[]): void => {
  const all = addresses.map((address) => ({ address })) as ReturnType<typeof networkInterfaces>[string];
  vi.mocked(networkInterfaces).mockReturnValue({ eth0: all });
};
beforeEach(() => void vi.mocked(networkInterfaces).mockReset());

it("is the owner with both addresses only", async () => {
  onInterface("192.0.2.11", "192.0.2.100", "2001:db8::100");
  expect(await arp(claim).owner()).toBe("mine");
  onInterface("192.0.2.11", "192.0.2.100");
  expect(await arp(claim).owner()).toBe("nobody");
  await expect(arp(claim).take(() => true)).rejects.toThrow(
    "eth0 does not have 2001:db8::100: only keepalived",
  );
});

it("needs no IPv6 address where the VIP has none", async () => {
  onInterface("192.0.2.100");
  const { address6: _none, ...ipv4 } = claim;
  expect(await arp(ipv4).owner()).toBe("mine");
  onInterface();
  await expect(arp(ipv4).take(() => true)).rejects.toThrow("does not have 192.0.2.100");
});
