import { expect, test } from "vitest";
import { cableChanges, plugCommands } from "../../../../lab/ec2/network/cables";
import { internetChains } from "../../../../lab/ec2/network/internet";
import { cableName, subnetTable, vpcNames } from "../../../../lab/ec2/network/names";
import { changes, deliveries, routing } from "../../../../lab/ec2/network/routes";
import { nftRuleset } from "../../../../lab/ec2/network/ruleset";
import { ruleText } from "../../../../lab/ec2/network/security-groups";
import type { VpcNetwork } from "../../../../lab/ec2/network/vpc";
import { subject, withInterface } from "./subject";

const network = subject("0a1b2c");
const everything: VpcNetwork = {
  ...network,
  lostZones: ["lab-1b"],
  nameServer: "192.0.2.53",
  subnets: network.subnets.map((subnet, index) =>
    index < 2
      ? subnet
      : {
          ...subnet,
          routes: [...subnet.routes, { destination: "0.0.0.0/0", target: { nat: "203.0.113.50" } }],
        },
  ),
};

test("the router's ruleset, with everything in it", async () => {
  await expect(`${nftRuleset(everything)}\n`).toMatchFileSnapshot("router.nft");
});

test("an address that goes to another interface leads to the old one until its route is another", () => {
  const moved = "10.0.1.100";
  const before = deliveries(routing(network));
  const [was, is] = ["eni-a", "eni-c"].map((id) => `"${cableName(id)}" . ${moved}`) as [string, string];
  const given = withInterface(network, "eni-a", { privateIps: ["10.0.1.11"] });
  const text = nftRuleset(withInterface(given, "eni-c", { privateIps: ["10.0.1.13", moved] }), before);
  const set = (name: string): string => new RegExp(`set ${name} \\{[^]*?\n *\\}\n`).exec(text)?.[0] ?? "";
  expect([set("delivered").includes(was), set("delivered").includes(is)], "delivered").toEqual([true, true]);
  expect([set("owned").includes(was), set("owned").includes(is)], "owned").toEqual([false, true]);
});

test("the ruleset beyond the Internet gateway", async () => {
  await expect(`${internetChains(network)}\n`).toMatchFileSnapshot("internet.nft");
});

test("a rule of a security group names ports, types, protocols and peers as EC2 means them", () => {
  const all = "0.0.0.0/0";
  expect(ruleText({ protocol: -1, peer: all }, "egress")).toBe("goto ingress");
  expect(ruleText({ protocol: 6, ports: [80, 443], peer: all }, "ingress")).toBe("tcp dport 80-443 accept");
  expect(ruleText({ protocol: 17, ports: [53, 53], peer: "10.0.0.0/16" }, "egress")).toBe(
    "ip daddr 10.0.0.0/16 udp dport 53 goto ingress",
  );
  expect(ruleText({ protocol: 112, peer: { group: "sg-1" } }, "ingress")).toBe(
    "ip saddr @sg-1_members ip protocol 112 accept",
  );
  expect(ruleText({ protocol: 1, ports: [3, 4], peer: all }, "ingress")).toBe(
    "icmp type 3 icmp code 4 accept",
  );
  expect(ruleText({ protocol: 1, ports: [-1, -1], peer: all }, "ingress")).toBe("ip protocol 1 accept");
});

test("routing starts with what interfaces own, then come the tables of the subnets", () => {
  const { addresses, rules, routes } = routing(network);
  expect(addresses).toEqual(["10.0.1.1", "10.0.2.1", "10.0.3.1", "169.254.169.254"]);
  expect(rules).toEqual([
    "priority 100 lookup 100",
    "priority 200 iif lo lookup 101",
    "priority 201 fwmark 53 lookup 101",
    "priority 300 fwmark 167772416 lookup 167772416",
    "priority 300 fwmark 167772672 lookup 167772672",
    "priority 300 fwmark 167772928 lookup 167772928",
  ]);
  expect(routes).toContainEqual({ where: "10.0.1.100/32 table 100", how: "unicast via 10.0.1.11 dev eni-a" });
  expect(routes).toContainEqual({ where: "10.0.0.0/16 table 167772416", how: "blackhole" });
  expect(routes).toContainEqual({
    where: "10.99.0.10/32 table 167772672",
    how: "unicast via 10.0.1.11 dev eni-a",
  });
});

test("only what differs is changed", () => {
  expect(changes(routing(network), routing(network))).toEqual([]);
  const moved = withInterface(withInterface(network, "eni-a", { privateIps: ["10.0.1.11"] }), "eni-c", {
    privateIps: ["10.0.1.13", "10.0.1.100"],
  });
  const commands = changes(routing(network), routing(moved)).map((command) => command.join(" "));
  expect(commands).toEqual(["route replace unicast 10.0.1.100/32 via 10.0.1.13 dev eni-c table 100 onlink"]);
});

test("a route to an interface without a machine is a black hole", () => {
  const unplugged = withInterface(network, "eni-a", { attachment: undefined });
  expect(changes(routing(network), routing(unplugged)).map((command) => command.join(" "))).toEqual([
    "route replace blackhole 10.99.0.10/32 table 167772416",
    "route replace blackhole 10.99.0.10/32 table 167772672",
    "route del 10.0.1.11/32 table 100",
    "route del 10.0.1.100/32 table 100",
  ]);
});

test("a cable is laid once, and anew when it must lead elsewhere", () => {
  const [one] = network.interfaces;
  if (!one) throw new Error("no interface");
  const label = "nha-0a1b2c-a/eth0/02:00:00:00:00:0a/10.0.1.11";
  expect(plugCommands(one).map((command) => command.join(" "))).toEqual([
    "link add eni-a type veth peer name eth0 address 02:00:00:00:00:0a netns nha-0a1b2c-a",
    `link set eni-a alias ${label}`,
    "link set eni-a up",
    "neigh replace 10.0.1.11 lladdr 02:00:00:00:00:0a dev eni-a nud permanent",
  ]);
  const alone = { ...network, interfaces: [one] };
  expect(cableChanges(alone, [{ name: "eni-a", label }])).toEqual({ unplug: [], plug: [] });
  expect(cableChanges(alone, [{ name: "eni-a", label: "elsewhere" }])).toEqual({
    unplug: ["eni-a"],
    plug: [one],
  });
});

test("names fit the kernel and carry the id, which must be one", () => {
  expect(vpcNames("0a1b2c")).toEqual({ router: "nha-0a1b2c-vpc", internet: "nha-0a1b2c-internet" });
  expect(() => vpcNames("")).toThrow('a VPC\'s id is six hexadecimal digits, not ""');
  expect(cableName("eni-0123456789abcdef0")).toBe("eni-6789abcdef0");
  expect(subnetTable("10.0.1.0/24")).toBe(0x0a000100);
});
