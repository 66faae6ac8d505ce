import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyVpc, createVpc, removeVpc } from "../../../../lab/ec2/network/router";
import type { VpcNetwork } from "../../../../lab/ec2/network/vpc";
import { attempt, run } from "../../../../lab/host/run";
import { subnetOf } from "../../../../lab/network/addresses";
import { unregisterLab } from "../../../../lab/state/kernel";
import { claimSlot } from "../../../../lab/state/slots";
import {
  ask,
  configureMachines,
  createMachines,
  serve,
  sh,
  start,
  subject,
  watch,
  withInterface,
} from "./subject";

const canBoot = process.platform === "linux" && process.getuid?.() === 0;
const id = createHash("sha256").update(`${__filename} ${process.pid}`).digest("hex").slice(0, 6);

describe.skipIf(!canBoot)("a VPC of namespaces", () => {
  let network: VpcNetwork;

  beforeAll(async () => {
    const slot = await claimSlot(id, __dirname);
    network = { ...subject(id), uplink: subnetOf(slot).hostLink };
    await createMachines(network);
    await timed("create", () => createVpc(network));
    await configureMachines(network);
    for (const where of ["a", "b", "c", "d", "client", "site"]) await serve(network, where);
  });

  beforeEach(async () => {
    await applyVpc(network);
  });

  afterAll(async () => {
    await timed("remove", () => removeVpc(id));
    await unregisterLab(id);
    expect(await traces()).toEqual([]);
    await removeVpc(id);
  });

  test("carries what security groups allow, by range and by group, and nothing else", async () => {
    expect(await ask(network, "a", "10.0.2.12")).toBe("b sees 10.0.1.11");
    expect(await ask(network, "a", "10.0.1.13")).toBe("c sees 10.0.1.11");
    expect(await ask(network, "a", "10.0.3.21")).toBe("d sees 10.0.1.11");
    expect(await ask(network, "d", "10.0.1.11", 81)).toBe("silence");
    expect(await ask(network, "a", "10.0.3.21", 81)).toBe("silence");
    expect(await ask(network, "d", "10.0.1.11")).toBe("a sees 10.0.3.21");
    expect(await sh(network, "a", "ping -q -c 2 -i 0.01 -W 1 10.0.2.12")).toContain(" 0% packet loss");
    expect(await sh(network, "d", "ping -q -c 2 -i 0.01 -W 1 10.0.1.11")).toContain("100% packet loss");
  });

  test("a group that changes decides about new connections, and leaves those that are there", async () => {
    const talk = start(network, "a", TALK, ["10.0.2.12"]);
    const said: string[] = [];
    talk.stdout?.on("data", (text) => said.push(String(text)));
    await expect.poll(() => said.join("")).toContain("echo 1");
    await applyVpc({
      ...network,
      securityGroups: network.securityGroups.map((one) => ({ ...one, ingress: [] })),
    });
    const count = said.length;
    await expect.poll(() => said.length).toBeGreaterThan(count + 3);
    expect(await ask(network, "a", "10.0.2.12")).toBe("silence");
    talk.kill();
  });

  test("protocol 112 arrives with the TTL with which it was sent, from the peer's group alone", async () => {
    expect(await vrrp("a", "b", "10.0.2.12")).toBe("10.0.1.11 255");
    expect(await vrrp("a", "c", "10.0.1.13")).toBe("10.0.1.11 255");
    expect(await vrrp("d", "b", "10.0.2.12")).toBe("");
    expect(await vrrp("a", "c", "224.0.0.18")).toBe("");
    expect(await vrrp("a", "c", "10.0.1.255")).toBe("");
  });

  test("neither gratuitous ARP nor an address that a machine gives itself moves anything", async () => {
    await sh(
      network,
      "c",
      "ip addr add 10.0.1.100/32 dev eth0; arping -q -U -c 2 -w 1 -I eth0 -s 10.0.1.100 10.0.1.100; arping -q -A -c 2 -w 1 -I eth0 -s 10.0.1.100 10.0.1.100",
    );
    expect(await ask(network, "client", "203.0.113.10")).toBe("a sees 198.51.100.7");
    expect(await ask(network, "b", "10.0.1.100")).toBe("a sees 10.0.2.12");
    expect(await sh(network, "c", "ping -q -c 2 -i 0.01 -W 1 -I 10.0.1.100 10.0.2.12")).toContain(
      "100% packet loss",
    );
    await sh(network, "c", "ip addr del 10.0.1.100/32 dev eth0");
  });

  test("drops foreign sources until the check of the interface is off", async () => {
    const spoof =
      "ip addr add 10.77.0.1/32 dev lo; ping -q -c 2 -i 0.01 -W 1 -I 10.77.0.1 10.0.2.12; ip addr del 10.77.0.1/32 dev lo";
    const heard = async () => {
      const before = await echoRequests("b");
      await sh(network, "a", spoof);
      return (await echoRequests("b")) - before;
    };
    const open: VpcNetwork = {
      ...network,
      securityGroups: network.securityGroups.map((one) => ({
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
    for (const name of ["a", "b"]) await sh(network, name, "ip addr add 10.99.0.10/32 dev lo");
    expect(await ask(network, "c", "10.99.0.10")).toBe("silence");
    const onA = withInterface(withInterface(network, "eni-a", { sourceDestCheck: false }), "eni-b", {
      sourceDestCheck: false,
    });
    await applyVpc(onA);
    expect(await ask(network, "c", "10.99.0.10")).toBe("a sees 10.0.1.13");
    const seen = await watch(network, "c", "10.99.0.10", () =>
      timed("move a route", () => applyVpc(routedTo(onA, { interface: "eni-b" }))),
    );
    report("route", seen);
    // A handshake in the middle of the move may be cut; more would be an outage.
    expect(seen.answered).toEqual(["a", "b"]);
    expect(seen.failed).toBeLessThan(10);
    expect(seen.gapMs).toBeLessThan(150);
    await applyVpc(routedTo(onA, "blackhole"));
    expect(await ask(network, "c", "10.99.0.10")).toBe("silence");
  });

  test("an Elastic IP is translated both ways, and moves at once", async () => {
    expect(await ask(network, "client", "203.0.113.10")).toBe("a sees 198.51.100.7");
    expect(await ask(network, "a", "198.51.100.8")).toBe("site sees 203.0.113.11");
    expect(await ask(network, "a", "203.0.113.10")).toBe("a sees 203.0.113.11");
    const moved = withElasticIp("10.0.2.100");
    const seen = await watch(network, "client", "203.0.113.10", () =>
      timed("move an Elastic IP", () => applyVpc(moved)),
    );
    report("Elastic IP", seen);
    expect(seen.answered).toEqual(["a", "b"]);
    expect(seen.failed).toBeLessThan(10);
    expect(seen.gapMs).toBeLessThan(150);
  });

  test("a connection through an Elastic IP dies with its move, and new ones go to the new machine", async () => {
    const talk = start(network, "client", TALK, ["203.0.113.10"]);
    const said: string[] = [];
    talk.stdout?.on("data", (text) => said.push(String(text)));
    await expect.poll(() => said.join("")).toContain("echo 1");
    await applyVpc(withElasticIp("10.0.2.100"));
    await expect.poll(() => said.join("")).toContain("ECONNRESET");
    expect(await ask(network, "client", "203.0.113.10")).toBe("b sees 198.51.100.7");
  });

  test("without an Elastic IP there is no way in and none out, except through a NAT", async () => {
    const before = await packets("site");
    expect(await ask(network, "b", "198.51.100.8")).toBe("silence");
    expect(await packets("site")).toBe(before);
    expect(await ask(network, "internet", "10.0.2.12")).not.toContain("sees");
    await sh(network, "internet", "ip route add 10.0.0.0/16 via 169.254.255.254");
    expect(await ask(network, "internet", "10.0.2.12")).toBe("silence");
    await sh(network, "internet", "ip route del 10.0.0.0/16");
    expect(await ask(network, "d", "198.51.100.8")).toBe("silence");
    await applyVpc(withNat());
    expect(await ask(network, "d", "198.51.100.8")).toBe("site sees 203.0.113.50");
    expect(await ask(network, "d", "198.51.100.8", 81)).toBe("silence");
    expect(await ask(network, "client", "203.0.113.50")).toBe("silence");
  });

  test("the VPC's name server answers every machine, whatever its groups and routes", async () => {
    await applyVpc({ ...network, nameServer: "198.51.100.8" });
    const server = await serve(network, "site", ["53"]);
    await expect.poll(() => ask(network, "d", "10.0.0.2", 53)).toBe("site sees 169.254.255.254");
    expect(await ask(network, "b", "169.254.169.253", 53)).toBe("site sees 169.254.255.254");
    server.kill();
  });

  test("a public address that nobody owns is rejected at once, from both sides", async () => {
    expect(await ask(network, "client", "203.0.113.99")).toBe("refused");
    expect(await ask(network, "client", "198.51.100.99")).toBe("refused");
    expect(await ask(network, "a", "203.0.113.99")).toBe("refused");
    expect(await ask(network, "a", "198.18.255.9")).toBe("refused");
  });

  test("goes up the uplink with an Elastic IP only, and the host reaches the public addresses", async () => {
    const host = network.uplink?.host ?? "";
    expect(await ask(network, "a", host, 9)).toBe("refused");
    expect(await ask(network, "b", host, 9)).toBe("silence");
    expect(await ask(network, "client", host, 9)).toBe("refused");
    expect(await run(["bash", "-c", "exec 3<>/dev/tcp/203.0.113.10/80; head -n 1 <&3"])).toBe(
      `a sees ${host}`,
    );
  });

  test("a secondary private address moves at once, and with it the Elastic IP", async () => {
    await sh(network, "c", "ip addr add 10.0.1.100/32 dev eth0");
    const moved = withInterface(withInterface(network, "eni-a", { privateIps: ["10.0.1.11"] }), "eni-c", {
      privateIps: ["10.0.1.13", "10.0.1.100"],
    });
    const seen = await watch(network, "b", "10.0.1.100", () =>
      timed("move a secondary address", () => applyVpc(moved)),
    );
    report("secondary address", seen);
    expect(seen.answered).toEqual(["a", "c"]);
    expect(seen.gapMs).toBeLessThan(150);
    expect(await ask(network, "client", "203.0.113.10")).toBe("c sees 198.51.100.7");
    await sh(network, "c", "ip addr del 10.0.1.100/32 dev eth0");
  });

  test("a lost zone is silent, within itself too, until it is found", async () => {
    await applyVpc({ ...network, lostZones: ["lab-1a"] });
    expect(await ask(network, "b", "10.0.1.11")).toBe("silence");
    expect(await ask(network, "a", "10.0.1.13")).toBe("silence");
    expect(await ask(network, "client", "203.0.113.10")).toBe("silence");
    await applyVpc(network);
    expect(await ask(network, "b", "10.0.1.11")).toBe("a sees 10.0.2.12");
  });

  test("each machine's metadata address is a port of its own, one hop away", async () => {
    await sh(network, "vpc", "true");
    const service = await serve(network, "vpc", ["8097", "8098"]);
    expect(await ask(network, "a", "169.254.169.254")).toBe("vpc sees 10.0.1.11");
    expect(await ask(network, "c", "169.254.169.254")).toBe("refused");
    expect(await ask(network, "a", "169.254.169.254", 8098)).toBe("silence");
    await run(["ip", "netns", "add", `nha-${id}-inner`]);
    await sh(network, "a", CONTAINER);
    expect(
      await sh(network, "inner", `bash -c "timeout 1 bash -c '</dev/tcp/169.254.169.254/80' && echo answer"`),
    ).toBe("");
    await run(["ip", "netns", "delete", `nha-${id}-inner`]);
    service.kill();
  });

  test("what is unplugged is silent, and is back when it is plugged into a new namespace", async () => {
    const { attachment } = network.interfaces.find((one) => one.id === "eni-c") ?? {};
    await timed("unplug", () => applyVpc(withInterface(network, "eni-c", { attachment: undefined })));
    expect(await ask(network, "a", "10.0.1.13")).not.toContain("sees");
    expect(await run(["ip", "netns", "pids", attachment?.namespace ?? ""])).not.toBe("");
    await timed("plug", () => applyVpc(network));
    await configureMachines({
      ...network,
      interfaces: network.interfaces.filter((one) => one.id === "eni-c"),
    });
    expect(await ask(network, "a", "10.0.1.13")).toBe("c sees 10.0.1.11");
  });

  const CONTAINER = `ip link add inner type veth peer name eth0 netns nha-${id}-inner
    ip addr add 172.31.0.1/24 dev inner; ip link set inner up
    ip -netns nha-${id}-inner addr add 172.31.0.2/24 dev eth0
    ip -netns nha-${id}-inner link set eth0 up
    ip -netns nha-${id}-inner route add default via 172.31.0.1
    echo 1 > /proc/sys/net/ipv4/ip_forward
    nft add table ip masq; nft add chain ip masq out '{ type nat hook postrouting priority 100; }'
    nft add rule ip masq out ip saddr 172.31.0.0/24 masquerade`;

  function withElasticIp(privateIp: string): VpcNetwork {
    return {
      ...network,
      elasticIps: [{ publicIp: "203.0.113.10", privateIp }, ...network.elasticIps.slice(1)],
    };
  }

  function withNat(): VpcNetwork {
    const [one, two, last] = network.subnets as [
      VpcNetwork["subnets"][0],
      VpcNetwork["subnets"][0],
      VpcNetwork["subnets"][0],
    ];
    const nat = { destination: "0.0.0.0/0", target: { nat: "203.0.113.50" } };
    return { ...network, subnets: [one, two, { ...last, routes: [...last.routes, nat] }] };
  }

  /** One VRRP-like packet with TTL 255: what the listener sees of it. */
  async function vrrp(from: string, to: string, address: string): Promise<string> {
    const listen = sh(network, to, `timeout 1 perl -e '${LISTEN}'`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await sh(network, from, `perl -e '${SEND}' ${address}`);
    return listen;
  }

  /** IPv4 packets that arrived in a namespace: field 3 of the kernel's IP counters. */
  async function packets(where: string): Promise<number> {
    return Number((await sh(network, where, "grep '^Ip:' /proc/net/snmp | tail -n 1")).split(" ")[3]);
  }

  async function echoRequests(where: string): Promise<number> {
    const text = await sh(network, where, "grep '^Icmp:' /proc/net/snmp");
    const [names = "", values = ""] = text.split("\n");
    return Number(values.split(" ")[names.split(" ").indexOf("InEchos")]);
  }

  async function traces(): Promise<string[]> {
    const looks = [
      ["ip", "netns", "list"],
      ["ip", "-brief", "link"],
      ["ip", "route"],
      ["nft", "list", "ruleset"],
    ];
    const texts = await Promise.all(looks.map(async (argv) => (await attempt(argv)).stdout));
    return texts
      .join("\n")
      .split("\n")
      .filter((line) => line.includes(id));
  }
});

function routedTo(network: VpcNetwork, target: VpcNetwork["subnets"][0]["routes"][0]["target"]): VpcNetwork {
  const subnets = network.subnets.map((subnet) => ({
    ...subnet,
    routes: subnet.routes.map((route) =>
      route.destination === "10.99.0.10/32" ? { ...route, target } : route,
    ),
  }));
  return { ...network, subnets };
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const begin = performance.now();
  await work();
  console.error(`${what}: ${Math.round(performance.now() - begin)} ms`);
}

function report(what: string, seen: { gapMs: number; failed: number }): void {
  console.error(`${what}: longest gap ${seen.gapMs} ms, ${seen.failed} failed`);
}

/** Says something every 20 ms on one connection, and prints what comes back. */
const TALK = `const socket = require("net").connect(80, process.argv[2]);
let count = 0;
setInterval(() => socket.write("echo " + ++count + "\\n"), 20);
socket.on("data", (text) => process.stdout.write(text));
socket.on("error", (error) => { console.log(error.code); process.exit(); });`;

const LISTEN = `use Socket; socket(S, AF_INET, SOCK_RAW, 112); recv(S, $p, 100, 0);
  my @h = unpack("C8xxx xC4", $p); @h = unpack("C20", $p); print join(".", @h[12..15]), " ", $h[8]`;

const SEND = `use Socket; socket(S, AF_INET, SOCK_RAW, 112); setsockopt(S, 0, 2, pack("i", 255));
  setsockopt(S, SOL_SOCKET, SO_BROADCAST, 1); setsockopt(S, 0, 33, pack("i", 255));
  send(S, "hello", 0, pack_sockaddr_in(0, inet_aton($ARGV[0])))`;
