import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Clock } from "../../agent/ec2/clock";
import { vipClaim } from "../../agent/vip";
import { heal } from "../../lab/ec2/faults";
import { administrator } from "../../lab/ec2/iam/caller";
import { attempt } from "../../lab/host/run";
import type { Claim } from "../../node/claim";
import { ACCOUNT, type pair } from "../lab/ec2/model/pair";
import { type Name, region } from "./region";

type Made = ReturnType<typeof pair>;
type Site = Awaited<ReturnType<typeof region>>;

let site: Site;
afterEach(() => site.close());

const SECOND = { a: "10.0.1.12", b: "10.0.2.12" };
const elastic = ({ allocation, enis }: Made, name: Name): Claim => ({
  mode: "elasticIp",
  allocationId: allocation,
  networkInterfaceId: enis[name],
  peerInterfaceId: enis[peerOf(name)],
  privateIp: SECOND[name],
});

/** Both nodes' claims, each by its own agent. */
async function start(claimOf: (made: Made, name: Name) => Claim) {
  site = await region(claimOf);
  const [a, b] = await Promise.all(
    (["a", "b"] as const).map((name) => claimBy(name, claimOf(site.made, name))),
  );
  if (!a || !b) throw new Error("no claims");
  return { a, b };
}
async function claimBy(name: Name, claim: Claim, clock?: Clock) {
  const { call, metadata } = await site.agentOf(name, clock);
  return vipClaim(call, claim, metadata);
}
const always = (): boolean => true;
const peerOf = (name: Name): Name => (name === "a" ? "b" : "a");
const association = () => site.runner.state().addresses[site.made.allocation]?.association;

describe("mode elasticIp", () => {
  it("moves by one reassociating call, and each node sees exactly whose it is", async () => {
    const { a, b } = await start(elastic);
    expect(await a.owner()).toBe("nobody");
    await a.take(always);
    expect([await a.owner(), await b.owner()]).toEqual(["mine", "peer"]);
    await b.take(always);
    expect([await a.owner(), await b.owner()]).toEqual(["peer", "mine"]);
    expect(association()).toMatchObject({ networkInterfaceId: site.made.enis.b, privateIp: SECOND.b });
  });

  it("sends nothing once the node is not MASTER any more", async () => {
    const { a } = await start(elastic);
    await expect(a.take(() => false)).rejects.toThrow("AssociateAddress was not sent");
    let asked = 0;
    expect(await a.owner()).toBe("nobody");
    site.faults.revokedBefore = Date.now();
    await sleep(5);
    await expect(a.take(() => ++asked === 1)).rejects.toThrow("AssociateAddress was not sent");
    expect(association()).toBeUndefined();
  });

  it("does not take its primary address for the dedicated one", async () => {
    const { a } = await start(elastic);
    const { allocation, enis } = site.made;
    const parameters = {
      AllocationId: allocation,
      NetworkInterfaceId: enis.a,
      PrivateIpAddress: "10.0.1.11",
    };
    site.runner.perform({ action: "AssociateAddress", parameters, now: 0 }, administrator(ACCOUNT));
    expect(association()?.privateIp).toBe("10.0.1.11");
    expect(await a.owner()).toBe("other");
  });

  it("is refused for the peer's interface: the role ends at the node's own", async () => {
    const { a } = await start(elastic);
    await a.take(always);
    const thief = await claimBy("b", elastic(site.made, "a"));
    await expect(thief.take(always)).rejects.toThrow(/^UnauthorizedOperation/);
    expect(association()?.networkInterfaceId).toBe(site.made.enis.a);
  });

  it("says that an allocation is not in this Region", async () => {
    const made = (site: Made, name: Name): Claim =>
      ({ ...elastic(site, name), allocationId: "eipalloc-00000000000000000" }) as Claim;
    const { a } = await start(made);
    await expect(a.owner()).rejects.toThrow(/^InvalidAllocationID.NotFound: .*eipalloc-00000000000000000/);
  });

  it.each([
    -3600, 3600,
  ])("goes by EC2's time when the machine's clock is %s s ahead, and says so", async (seconds) => {
    await start(elastic);
    let ahead = seconds;
    const told: number[] = [];
    const clock = new Clock(
      (found) => told.push(found),
      () => Date.now() + ahead * 1000,
    );
    const a = await claimBy("a", elastic(site.made, "a"), clock);
    await a.take(always);
    expect(await a.owner()).toBe("mine");
    ahead = 0;
    expect(await a.owner()).toBe("mine");
    expect(told.map((found) => Math.round(found / 10) * 10)).toEqual([seconds, 0]);
  });

  it("fetches new credentials when the old ones are taken away", async () => {
    const { a } = await start(elastic);
    expect(await a.owner()).toBe("nobody");
    site.faults.revokedBefore = Date.now();
    await sleep(5);
    await a.take(always);
    expect(await a.owner()).toBe("mine");
  });

  it("says what is wrong while EC2 throttles, fails or is silent, and works when it is over", async () => {
    const { a } = await start(elastic);
    site.faults.throttled = ["*"];
    await expect(a.owner()).rejects.toThrow("RequestLimitExceeded");
    heal(site.faults);
    site.faults.failing = { AssociateAddress: { status: 503, tookEffect: true } };
    await expect(a.take(always)).rejects.toThrow("Unavailable");
    expect(await a.owner()).toBe("mine");
    heal(site.faults);
    site.faults.latencyMs = { "*": 6000 };
    await expect(a.owner()).rejects.toThrow("EC2 did not answer in 5000 ms");
    heal(site.faults);
    expect(await a.owner()).toBe("mine");
  });

  it("goes on with good credentials while the metadata service is silent", async () => {
    const { a } = await start(elastic);
    await a.owner();
    site.faults.imds = "silent";
    await a.take(always);
    expect(await a.owner()).toBe("mine");
  });

  it("keeps its one connection over idle times in which fetch would have dropped it", async () => {
    const { a } = await start(elastic);
    const sockets = async (): Promise<string[]> => {
      const { stdout } = await attempt(["ss", "-Htn", "state", "established", `( dport = :${site.port} )`]);
      return stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => line.trim().split(/\s+/)[2] ?? "");
    };
    await a.owner();
    const before = await sockets();
    await sleep(6000);
    await a.owner();
    expect(before).toHaveLength(1);
    expect(await sockets()).toEqual(before);
  });
});

describe("mode secondaryPrivateIp", () => {
  it("moves the address from one interface to the other", async () => {
    // The second node's interface in the first one's subnet.
    const claim = ({ enis }: Made, name: Name): Claim => ({
      mode: "secondaryPrivateIp",
      address: "10.0.1.100",
      networkInterfaceId: name === "a" ? enis.a : enis.spare,
      peerInterfaceId: name === "a" ? enis.spare : enis.a,
    });
    const { a, b } = await start(claim);
    expect(await a.owner()).toBe("nobody");
    expect(await a.settled?.()).toBe(false);
    await a.take(always);
    expect(await a.settled?.()).toBe(true);
    expect([await a.owner(), await b.owner()]).toEqual(["mine", "peer"]);
    await b.take(always);
    expect([await a.owner(), await b.owner()]).toEqual(["peer", "mine"]);
  });
});

describe("mode overlayRoute", () => {
  it("moves the route in every table", async () => {
    const tables: string[] = [];
    const claim = ({ lab, vpc, enis }: Made, name: Name): Claim => {
      for (let count = tables.length; count < 2; count++) {
        const { routeTableId } = lab.call("CreateRouteTable", { VpcId: vpc }).routeTable;
        const route = { RouteTableId: routeTableId, DestinationCidrBlock: "10.99.0.10/32" };
        lab.call("CreateRoute", { ...route, NetworkInterfaceId: enis.b });
        tables.push(routeTableId);
      }
      return {
        mode: "overlayRoute",
        address: "10.99.0.10",
        networkInterfaceId: enis[name],
        peerInterfaceId: enis[peerOf(name)],
        routeTableIds: tables,
      };
    };
    const { a, b } = await start(claim);
    expect([await a.owner(), await b.owner()]).toEqual(["peer", "mine"]);
    await a.take(always);
    expect([await a.owner(), await b.owner()]).toEqual(["mine", "peer"]);
    const targets = tables.map((id) => site.runner.state().routeTables[id]?.routes.at(-1)?.target);
    expect(targets).toEqual([
      { kind: "interface", id: site.made.enis.a },
      { kind: "interface", id: site.made.enis.a },
    ]);
  });

  it("moves the other tables when one refuses, and says which", async () => {
    const tables: string[] = [];
    const claim = ({ lab, vpc, enis }: Made, name: Name): Claim => {
      while (tables.length < 3) {
        const { routeTableId } = lab.call("CreateRouteTable", { VpcId: vpc }).routeTable;
        const route = { RouteTableId: routeTableId, DestinationCidrBlock: "10.99.0.10/32" };
        // The second one has lost its route, and ReplaceRoute makes none.
        if (tables.length !== 1) lab.call("CreateRoute", { ...route, NetworkInterfaceId: enis.b });
        tables.push(routeTableId);
      }
      const interfaces = { networkInterfaceId: enis[name], peerInterfaceId: enis[peerOf(name)] };
      return { mode: "overlayRoute", address: "10.99.0.10", ...interfaces, routeTableIds: tables };
    };
    const { a } = await start(claim);
    await expect(a.take(always)).rejects.toThrow(`1 route tables still lead elsewhere: ${tables[1]}`);
    const targets = tables.map((id) => site.runner.state().routeTables[id]?.routes.at(-1)?.target);
    const mine = { kind: "interface", id: site.made.enis.a };
    expect([targets[0], targets[2]]).toEqual([mine, mine]);
  });

  it("moves the tables that are left when one is gone", async () => {
    let left = "";
    const claim = ({ lab, vpc, enis }: Made, name: Name): Claim => {
      if (left === "") {
        left = lab.call("CreateRouteTable", { VpcId: vpc }).routeTable.routeTableId;
        const route = { RouteTableId: left, DestinationCidrBlock: "10.99.0.10/32" };
        lab.call("CreateRoute", { ...route, NetworkInterfaceId: enis.b });
      }
      const interfaces = { networkInterfaceId: enis[name], peerInterfaceId: enis[peerOf(name)] };
      const routeTableIds = ["rtb-00000000000000000", left];
      return { mode: "overlayRoute", address: "10.99.0.10", ...interfaces, routeTableIds };
    };
    const { a } = await start(claim);
    expect(await a.owner()).toBe("peer");
    await a.take(always);
    expect(await a.owner()).toBe("mine");
  });
});
