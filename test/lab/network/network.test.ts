import { expect, test } from "vitest";
import { macAddress, subnetOf } from "../../../lab/network/addresses";
import { faultChains } from "../../../lab/network/faults";
import { configuration } from "../../../lab/network/port";
import { hostChains } from "../../../lab/network/uplink";
import { planLab } from "../../../lab/state/plan";

const plan = planLab({ name: "net", release: "trixie", clone: "/srv/nginx-ha", slot: 3 });

test("a slot has a /24 for the machines and a /30 to the host, both in the range for bench tests", () => {
  expect(subnetOf(3)).toEqual({
    prefix: "198.18.3",
    prefixLength: 24,
    cidr: "198.18.3.0/24",
    gateway: "198.18.3.1",
    vip: "198.18.3.10",
    prefix6: "2001:db8:3::",
    vip6: "2001:db8:3::10",
    hostLink: { cidr: "198.19.3.0/30", host: "198.19.3.1", lab: "198.19.3.2", prefixLength: 30 },
  });
  expect(() => subnetOf(250)).toThrow("no lab slot 250");
});

test("a machine keeps its MAC address until it is replaced, and shares it with no other lab", () => {
  const mac = macAddress("a1b2c3", "nginx-a", 1);
  expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  expect(macAddress("a1b2c3", "nginx-a", 1)).toBe(mac);
  const others = [
    macAddress("a1b2c3", "nginx-a", 2),
    macAddress("a1b2c3", "nginx-b", 1),
    macAddress("a1b2c4", "nginx-a", 1),
  ];
  expect(new Set([mac, ...others]).size).toBe(4);
});

test("a machine's routes end with the rejection of every lab address that is not on its segment", () => {
  const machine = plan.machines[0];
  if (!machine) throw new Error("no machine");
  const routes = configuration(plan, machine).filter(([object]) => object === "route");
  expect(routes.map((route) => route.slice(2).join(" "))).toEqual([
    "default via 198.18.3.1",
    "198.19.3.0/30 via 198.18.3.1",
    "unreachable 198.18.0.0/15",
  ]);
});

test("the host passes a lab's packets out, and to no other lab", () => {
  const chains = hostChains(plan);
  expect(chains).toContain(`iifname "nha-${plan.id}" ip daddr 198.18.0.0/15 reject`);
  expect(chains).toContain(`oifname "nha-${plan.id}" ct state new drop`);
  expect(chains).toContain(`ip saddr 198.19.3.2 oifname != "nha-${plan.id}" masquerade`);
});

test("a fault holds for forwarded frames and for the gateway's own", () => {
  expect(faultChains(["drop"]).match(/hook (\w+) priority 0/g)).toEqual([
    "hook forward priority 0",
    "hook input priority 0",
    "hook output priority 0",
  ]);
});
