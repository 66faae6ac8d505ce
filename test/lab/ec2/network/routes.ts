import { expect, test } from "vitest";
import { applyVpc } from "../../../../lab/ec2/network/router";
import type { VpcNetwork } from "../../../../lab/ec2/network/vpc";
import { vpc } from "./running";
import { withInterface } from "./subject";

/** Tests of which sources may send, and of where packets go. */
export function sourcesAndRoutes(): void {
  const { ask, sh } = vpc;

  test("neither gratuitous ARP nor an address that a machine gives itself moves anything", async () => {
    await sh(
      "c",
      "ip addr add 10.0.1.100/32 dev eth0; arping -q -U -c 2 -w 1 -I eth0 -s 10.0.1.100 10.0.1.100; arping -q -A -c 2 -w 1 -I eth0 -s 10.0.1.100 10.0.1.100",
    );
    expect(await ask("client", "203.0.113.10")).toBe("a sees 198.51.100.7");
    expect(await ask("b", "10.0.1.100")).toBe("a sees 10.0.2.12");
    expect(await sh("c", "ping -q -c 2 -i 0.01 -W 1 -I 10.0.1.100 10.0.2.12")).toContain("100% packet loss");
    await sh("c", "ip addr del 10.0.1.100/32 dev eth0");
  });

  test("drops foreign sources until the check of the interface is off", async () => {
    const spoof =
      "ip addr add 10.77.0.1/32 dev lo; ping -q -c 2 -i 0.01 -W 1 -I 10.77.0.1 10.0.2.12; ip addr del 10.77.0.1/32 dev lo";
    const heard = async () => {
      const before = await echoRequests("b");
      await sh("a", spoof);
      return (await echoRequests("b")) - before;
    };
    const open: VpcNetwork = {
      ...vpc.network,
      securityGroups: vpc.network.securityGroups.map((one) => ({
        ...one,
        ingress: [{ protocol: -1, peer: "0.0.0.0/0" }],
      })),
    };
    await applyVpc(open);
    expect(await heard()).toBe(0);
    await applyVpc(withInterface(open, "eni-a", { sourceDestCheck: false }));
    expect(await heard()).toBe(2);
  });

  test("an overlay route works across zones with the check off, and moves at once", async () => {
    for (const name of ["a", "b"]) await sh(name, "ip addr add 10.99.0.10/32 dev lo");
    expect(await ask("c", "10.99.0.10")).toBe("silence");
    const onA = withInterface(withInterface(vpc.network, "eni-a", { sourceDestCheck: false }), "eni-b", {
      sourceDestCheck: false,
    });
    await applyVpc(onA);
    expect(await ask("c", "10.99.0.10")).toBe("a sees 10.0.1.13");
    const seen = await vpc.watch("a route", "c", "10.99.0.10", routedTo(onA, { interface: "eni-b" }));
    // A handshake in the middle of the move may be cut; more would be an outage.
    expect(seen.answered).toEqual(["a", "b"]);
    expect(seen.failed).toBeLessThan(10);
    expect(seen.gapMs).toBeLessThan(150);
    await applyVpc(routedTo(onA, "blackhole"));
    expect(await ask("c", "10.99.0.10")).toBe("silence");
  });
}

async function echoRequests(where: string): Promise<number> {
  const text = await vpc.sh(where, "grep '^Icmp:' /proc/net/snmp");
  const [names = "", values = ""] = text.split("\n");
  return Number(values.split(" ")[names.split(" ").indexOf("InEchos")]);
}

function routedTo(network: VpcNetwork, target: VpcNetwork["subnets"][0]["routes"][0]["target"]): VpcNetwork {
  const subnets = network.subnets.map((subnet) => ({
    ...subnet,
    routes: subnet.routes.map((route) =>
      route.destination === "10.99.0.10/32" ? { ...route, target } : route,
    ),
  }));
  return { ...network, subnets };
}
