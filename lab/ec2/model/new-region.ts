import type { Image, Region, Zone } from "./state";

/** What a Region is made from. */
export interface RegionInput {
  name: string;
  account: string;
  zones: Zone[];
  publicRange: string;
  seed: string;
  images: Image[];
}

/** A Region in which nobody has made anything yet. */
export function newRegion({ images, ...input }: RegionInput): Region {
  if (!/^lab-[a-z0-9-]+$/.test(input.name)) {
    throw new Error(
      `Region ${input.name}: the lab's Regions are called lab-…, so that none is taken for a real one`,
    );
  }
  return {
    ...input,
    sequence: 0,
    images: Object.fromEntries(images.map((image) => [image.id, image])),
    vpcs: {},
    subnets: {},
    internetGateways: {},
    natGateways: {},
    routeTables: {},
    securityGroups: {},
    interfaces: {},
    addresses: {},
    instances: {},
    keyPairs: {},
    roles: {},
    instanceProfiles: {},
    hostedZones: {},
    healthChecks: {},
    tokens: {},
  };
}
