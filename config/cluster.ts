import { z } from "zod";
import { aws } from "./aws";
import { drain } from "./drain";
import { hosts } from "./hosts";
import { name } from "./names";
import { awsNginx, hostsNginx } from "./nginx";
import { sync } from "./sync";

/** Seconds between two VRRP adverts, by where the nodes run. */
export const advertInterval = { l2: 0.1, cloud: 0.5, migrated: 1 } as const;

/** The election; on EC2 nodes share no L2 segment, so `cloud` is the profile there. */
const keepalived = (profile: keyof typeof advertInterval) =>
  z
    .strictObject({
      virtualRouterId: z
        .int()
        .min(1, "must be 1 to 255")
        .max(255, "must be 1 to 255")
        .default(51)
        .meta({ description: "The VRRP group: unique per L2 segment." }),
      profile: z.enum(["l2", "cloud", "migrated"], "must be l2, cloud or migrated").default(profile).meta({
        description: "Advert interval: l2 0.1 s, cloud 0.5 s, migrated (hosts are live-migrated) 1 s.",
      }),
    })
    .prefault({})
    .meta({ description: "The election." });

const common = {
  name: name.default("edge").meta({ description: "The pair's name." }),
  production: z
    .boolean()
    .default(false)
    .meta({ description: "People depend on it: what would be careless there is an error." }),
  sync,
  drain,
};

const served = { description: "What nginx serves." };

const hostsCluster = z.strictObject({
  ...common,
  ...hosts,
  nginx: hostsNginx.meta(served),
  keepalived: keepalived("l2"),
});
const awsCluster = z.strictObject({
  ...common,
  ...aws,
  nginx: awsNginx.meta(served),
  keepalived: keepalived("cloud"),
});

/** The stack's `nginx-ha:cluster`: strict; every default stands here and in the example stacks. Rules across keys: rules.ts. */
export const cluster = z.discriminatedUnion("platform", [hostsCluster, awsCluster], {
  error: "must be hosts or aws",
});

export type Cluster = z.output<typeof cluster>;
export type HostsCluster = z.output<typeof hostsCluster>;
export type AwsCluster = z.output<typeof awsCluster>;
