import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeNamed, readInventory } from "../../../cli/inventory";
import { runOnNode } from "../../../cli/ssh";
import { endures } from "../endurance";
import { survivesApi } from "./api-faults";
import { launchClient, terminate } from "./client-instance";
import { failsOver, type Place } from "./faults";
import { survivesItsNetwork } from "./network";
import { inOneSubnet, overlayRoute, secondaryPrivateIp } from "./places";
import { inPrivateNetwork, type PrivateNetwork } from "./private-network";
import { AwsSubject, peerOf } from "./subject";

const pair = new AwsSubject("test-modes");
beforeAll(async () => {
  await pair.start();
  await pair.configure(["nginx", "pools", 0, "instances", "count"], 1);
});
afterAll(() => pair.end());

/** The VIP moves, and Pulumi does not want it back. */
async function mustMove(): Promise<void> {
  await pair.untilHealthy();
  await pair.untilAnswered();
  const before = await pair.holder();
  await pair.succeed(before, "pkill -KILL nginx");
  await pair.untilHeldBy(peerOf(before));
  await pair.untilAnswered();
  await pair.untilHealthy();
  await pair.mustBeUnchanged();
  expect(await pair.holder()).toBe(peerOf(before));
  expect(await pair.mustUp("--expect-no-changes")).toMatch(/unchanged/);
  expect(await pair.holder()).toBe(peerOf(before));
}

/** Every fault in this mode, too: in `npm run test:full`. */
function matrix(place: Place): void {
  if (process.env.NGINX_HA_MATRIX !== "yes") return;
  failsOver(pair, place);
  survivesApi(pair, place);
  endures(pair);
}

describe("mode secondaryPrivateIp", () => {
  let zoneId: string;
  const records = () => pair.operate((aws) => aws.route53.records(zoneId, "www.example.org", "A"));

  it("moves a private address between the nodes of one subnet", async () => {
    await pair.configure(["vip"], inOneSubnet);
    zoneId = await pair.operate((aws) => aws.route53.createZone("example.org"));
    await pair.configure(["dns"], { zoneId, name: "www.example.org" });
    await pair.mustUp();
    expect(pair.vip).toBe("10.77.0.100");
    expect((await records())[0]?.ResourceRecords.ResourceRecord).toEqual([{ Value: "10.77.0.100" }]);
    const { subnets } = await pair.model();
    expect(Object.values(subnets)).toHaveLength(1);
    pair.client = await launchClient(pair, Object.keys(subnets)[0] ?? "");
    await mustMove();
    const { interfaces } = await pair.model();
    const owners = Object.values(interfaces).filter(({ privateIps }) => privateIps.includes(pair.vip));
    expect(owners.map(({ attachment }) => attachment?.instanceId)).toEqual([
      (await pair.instance(await pair.holder())).id,
    ]);
  });

  it("survives a restart of the machine's network, and leases that are renewed", () =>
    survivesItsNetwork(pair));

  matrix(secondaryPrivateIp(pair));

  it("takes its name away with it", async () => {
    await terminate(pair, pair.client);
    await pair.destroy();
    expect(await records()).toEqual([]);
    await pair.configure(["dns"], undefined);
  });
});

describe("mode overlayRoute", () => {
  let network: PrivateNetwork;

  it("comes up in a VPC that was there, behind its NAT gateway and its bastion", async () => {
    network = await inPrivateNetwork(pair);
    await pair.mustUp();
    expect(pair.vip).toBe("10.99.0.10");
    const { addresses } = await pair.model();
    expect(Object.values(addresses), "the NAT gateway's address and no other").toHaveLength(1);
  });

  it("is reached by the operator's command line through the bastion", async () => {
    const node = nodeNamed(await readInventory(pair.source), "nginx-b");
    const { stdout } = await runOnNode(node, "hostname; id -u", 60);
    expect(stdout).toMatch(/^ip-10-20-2-\d+\n0$/);
  });

  it("moves an address outside of the VPC, by the clients' route table", async () => {
    pair.client = await launchClient(pair, network.clients);
    await mustMove();
    const { routeTables, interfaces } = await pair.model();
    const routes = routeTables[network.clientTable]?.routes;
    const route = routes?.find(({ destination }) => destination === "10.99.0.10/32");
    const target = route?.target.kind === "interface" ? interfaces[route.target.id] : undefined;
    expect(target?.attachment?.instanceId).toBe((await pair.instance(await pair.holder())).id);
    expect(target?.sourceDestCheck).toBe(false);
  });

  matrix(overlayRoute(pair, () => network.clientTable));

  it("leaves the VPC as it was", async () => {
    await terminate(pair, pair.client);
    await pair.destroy();
    const left = await pair.model();
    expect(Object.keys(left.vpcs)).toEqual([network.vpc]);
    expect(Object.keys(left.subnets)).toHaveLength(4);
  });
});
