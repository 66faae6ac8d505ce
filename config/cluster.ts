import { z } from "zod";
import { ipv4WithPrefix } from "./addresses";
import { name } from "./names";
import { nginx } from "./nginx";
import { node } from "./nodes";

const vip = z.strictObject({
  mode: z.literal("arp", "must be arp on platform hosts").default("arp").meta({
    description: "How the network learns who holds the VIP. arp: gratuitous ARP on one L2 segment.",
  }),
  address: ipv4WithPrefix.meta({ description: "The VIP with the prefix length of the nodes' subnet." }),
});

/** Seconds between two VRRP adverts, by where the nodes run. */
export const advertInterval = { l2: 0.1, cloud: 0.5, migrated: 1 } as const;

const keepalived = z.strictObject({
  virtualRouterId: z
    .int()
    .min(1, "must be 1 to 255")
    .max(255, "must be 1 to 255")
    .default(51)
    .meta({ description: "The VRRP group: unique per L2 segment." }),
  profile: z
    .enum(["l2", "cloud", "migrated"], "must be l2, cloud or migrated")
    .default("l2")
    .meta({ description: "Advert interval: l2 0.1 s, cloud 0.5 s, migrated (hosts are live-migrated) 1 s." }),
});

/** The stack's `nginx-ha:cluster`: strict; every default stands here and in `Pulumi.example.yaml`. Rules across keys: rules.ts. */
export const cluster = z.strictObject({
  name: name.default("edge").meta({ description: "The pair's name." }),
  platform: z
    .literal("hosts", "must be hosts")
    .meta({ description: "Where the machines come from. hosts: you have them." }),
  nodes: z
    .array(node)
    .length(2, "must be exactly two nodes: the first gets priority 254, the second 253")
    .meta({ description: "The pair. The first node gets priority 254, the second 253." }),
  vip: vip.meta({ description: "The address that clients use." }),
  keepalived: keepalived.prefault({}).meta({ description: "The election." }),
  nginx: nginx.meta({ description: "What nginx serves." }),
});

export type Cluster = z.output<typeof cluster>;
