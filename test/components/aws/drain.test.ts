import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { drainOf } from "../../../components/aws/drain";
import type { AwsCluster } from "../../../config/cluster";
import { exampleAws } from "../../example";

const parent = {} as pulumi.Resource;
const warn = vi.spyOn(pulumi.log, "warn").mockImplementation(() => Promise.resolve());
afterEach(() => warn.mockClear());

const clusterWith = (change: (cluster: AwsCluster) => void): AwsCluster => {
  const cluster = structuredClone(exampleAws());
  change(cluster);
  return cluster;
};

it("keeps the connections of an Elastic IP that everybody may reach", () => {
  const open = clusterWith(({ access }) => {
    access.httpFrom = ["198.51.100.0/24", "0.0.0.0/0"];
  });
  expect(drainOf(open, parent)).toEqual(open.drain);
  expect(open.drain.seconds).toBeGreaterThan(0);
  expect(warn).not.toHaveBeenCalled();
});

it("keeps none of an Elastic IP that only some may reach, and warns", () => {
  const narrow = clusterWith(({ access }) => {
    access.httpFrom = ["198.51.100.0/24"];
  });
  expect(drainOf(narrow, parent)).toEqual({ seconds: 0 });
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/^access\.httpFrom is narrower .* set drain\.seconds to 0 to agree/), parent],
  ]);
});

it("says nothing where nobody wants a drain, nor in another mode", () => {
  const off = clusterWith((cluster) => {
    cluster.access.httpFrom = ["198.51.100.0/24"];
    cluster.drain = { seconds: 0 };
  });
  expect(drainOf(off, parent)).toEqual({ seconds: 0 });
  const secondary = clusterWith((cluster) => {
    cluster.access.httpFrom = ["198.51.100.0/24"];
    cluster.vip = { ...cluster.vip, mode: "secondaryPrivateIp", address: "10.0.0.100" } as AwsCluster["vip"];
  });
  expect(drainOf(secondary, parent)).toEqual(secondary.drain);
  expect(warn).not.toHaveBeenCalled();
});
