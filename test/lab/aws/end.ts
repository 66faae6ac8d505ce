import { expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { pair } from "./pair";

it("destroy leaves nothing in the Region", async () => {
  await pair.destroy();
  const left = async () => {
    const { vpcs, subnets, internetGateways, routeTables, securityGroups, ...rest } = await pair.model();
    const { interfaces, addresses, keyPairs, roles, instanceProfiles, instances } = rest;
    const running = Object.values(instances).filter(({ state }) => state !== "terminated");
    const all = {
      vpcs,
      subnets,
      internetGateways,
      routeTables,
      securityGroups,
      interfaces,
      addresses,
      keyPairs,
    };
    return [
      ...Object.values({ ...all, roles, instanceProfiles }).flatMap((kind) => Object.keys(kind)),
      ...running,
    ];
  };
  await waitFor("the saved model", 5000, async () => (await left()).length === 0).catch(() => {});
  expect(await left()).toEqual([]);
});
