import { z } from "zod";
import { cidr, host, ipv4 } from "./addresses";
import { hostKey, interfaceName, name, port, userName } from "./names";

/** The range of a VPC that is made. */
export const defaultVpcCidr = "10.77.0.0/16";

/** Each value once: each becomes a resource with the value in its name. */
const distinct = <T extends z.ZodArray>(list: T): T =>
  list.refine((values) => new Set(values).size === values.length, "must not name anything twice");

const id = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `must be the id of ${what}: ${prefix}-…`);

const node = z.strictObject({
  name: name.meta({ description: "The node's name in resources, status and logs." }),
  subnet: id("subnet", "a subnet")
    .optional()
    .meta({ description: "Its subnet, where network.vpc is given; otherwise one is made." }),
  egress: z
    .enum(["elasticIp", "nat", "existing"], "must be elasticIp, nat or existing")
    .default("elasticIp")
    .meta({
      description:
        "How it reaches the EC2 API and packages, independent of the VIP. elasticIp: an address of its own; nat: its subnet's NAT gateway; existing: the subnet's own way out, whatever it is.",
    }),
});

/** One of the pair's two machines on platform `aws`. */
export type AwsNodeConfig = z.output<typeof node>;

const elasticIp = z.strictObject({
  mode: z.literal("elasticIp").meta({
    description:
      "elasticIp: a public address, across zones; secondaryPrivateIp: a private one, inside of one subnet; overlayRoute: one outside of the VPC's range, across zones.",
  }),
  allocation: id("eipalloc", "an Elastic IP")
    .optional()
    .meta({ description: "elasticIp: an address that you have. Default: one is made." }),
  protect: z
    .boolean()
    .default(false)
    .meta({ description: "elasticIp: Pulumi refuses to delete the address that it made." }),
});

const secondaryPrivateIp = z.strictObject({
  mode: z.literal("secondaryPrivateIp"),
  address: ipv4.meta({
    description:
      "secondaryPrivateIp: a free address of the nodes' subnet; overlayRoute: one outside of the VPC.",
  }),
});

const overlayRoute = z.strictObject({
  mode: z.literal("overlayRoute"),
  address: ipv4,
  routeTables: distinct(
    z.array(id("rtb", "a route table")).min(1, "must name at least one route table"),
  ).meta({ description: "overlayRoute: the clients' route tables, each with a route to the VIP." }),
  acceptNodeTables: z.boolean().default(false).meta({
    description:
      "overlayRoute: take tables of the nodes' own subnets, too. IAM can limit a node to a table, not to a route in it.",
  }),
});

const network = z.strictObject({
  vpc: id("vpc", "a VPC").optional().meta({ description: "The VPC that you have. Default: one is made." }),
  cidr: cidr.optional().meta({ description: "The range of the VPC that is made. Default: 10.77.0.0/16." }),
  zones: z
    .array(z.string().regex(/^[a-z0-9-]+[a-z]$/, "must be an availability zone, e.g. eu-west-1a"))
    .min(1, "must name one or two zones")
    .max(2, "must name one or two zones")
    .optional()
    .meta({ description: "The zones of the subnets that are made. Default: the Region's first two." }),
  oneZone: z
    .boolean()
    .default(false)
    .meta({ description: "Accept both nodes in one zone: the pair then does not outlive its zone." }),
});

const access = z.strictObject({
  sshFrom: distinct(
    z.array(cidr).min(1, "must name at least one range: where pulumi up runs, or the bastion"),
  ).meta({ description: "The ranges that may log in to the nodes." }),
  httpFrom: distinct(z.array(cidr).min(1, "must name at least one range"))
    .default(["0.0.0.0/0"])
    .meta({ description: "The ranges that may use the VIP." }),
});

const instanceType = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "must be an instance type, e.g. t3.small");

const instances = z.strictObject({
  type: instanceType.default("t3.small").meta({ description: "The nodes' instance type." }),
  image: id("ami", "an image").optional().meta({
    description:
      "The nodes' image, Debian 12 or 13. Default: Debian 13's newest at the first up; later ones replace nothing.",
  }),
  interface: interfaceName
    .default("ens5")
    .meta({ description: "What Linux calls the network interface: ens5 on Nitro instances." }),
  rootVolume: z
    .int()
    .min(8, "must be 8 to 16384 GiB")
    .max(16384, "must be 8 to 16384 GiB")
    .default(8)
    .meta({ description: "GiB of the encrypted root volume." }),
  runcmd: z.array(z.string().min(1, "must not be empty")).default([]).meta({
    description: "Shell commands that cloud-init runs at a node's first start. A change replaces the nodes.",
  }),
});

const ssh = z.strictObject({
  user: userName.default("admin").meta({ description: "The image's login: admin in Debian's own." }),
  proxy: z
    .strictObject({
      host: host.meta({ description: "The bastion's address or name." }),
      port: port.default(22).meta({ description: "Its SSH port." }),
      user: userName.default("admin").meta({ description: "The login on it." }),
      hostKey: hostKey.meta({ description: "Its ed25519 host key in authorized_keys form." }),
    })
    .optional()
    .meta({ description: "A bastion on the way to the nodes. Its key is nginx-ha:sshProxyPrivateKey." }),
});

const dns = z.strictObject({
  zoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{5,31}$/, "must be the id of a hosted zone: Z…")
    .meta({ description: "The hosted zone on Route 53." }),
  name: z.hostname("must be a DNS name").meta({ description: "The name that points at the VIP." }),
  ttl: z
    .int()
    .min(1, "must be 1 to 86400 seconds")
    .max(86400, "must be 1 to 86400 seconds")
    .default(60)
    .meta({ description: "Seconds that resolvers keep it." }),
  spread: z
    .strictObject({
      by: z.enum(["latency", "weight"], "must be latency or weight").meta({
        description:
          "latency: each client gets the nearest Region's pair; weight: each pair gets its share. An unhealthy pair gets none.",
      }),
      weight: z
        .int()
        .min(0, "must be 0 to 255")
        .max(255, "must be 0 to 255")
        .default(100)
        .meta({ description: "This pair's share, with weight." }),
    })
    .optional()
    .meta({
      description:
        "Share the name with the pairs of other stacks, by health. Default: the name is this pair's.",
    }),
});

/** The keys that only platform `aws` has: the machines are made on EC2. */
export const aws = {
  platform: z.literal("aws"),
  nodes: z
    .array(node)
    .length(2, "must be exactly two nodes: the first gets priority 254, the second 253")
    .default([
      { name: "nginx-a", egress: "elasticIp" },
      { name: "nginx-b", egress: "elasticIp" },
    ]),
  vip: z
    .discriminatedUnion("mode", [elasticIp, secondaryPrivateIp, overlayRoute], {
      error: "must be elasticIp, secondaryPrivateIp or overlayRoute on platform aws",
    })
    .prefault({ mode: "elasticIp" }),
  network: network.prefault({}).meta({ description: "aws: the VPC, taken or made." }),
  access: access.meta({ description: "aws: who may reach the nodes." }),
  instances: instances.prefault({}).meta({ description: "aws: the nodes' machines." }),
  ssh: ssh.prefault({}).meta({ description: "aws: how the nodes are reached." }),
  dns: dns.optional().meta({ description: "aws: a name on Route 53 for the VIP. Default: none." }),
  tags: z
    .record(z.string().min(1).max(128), z.string().max(256))
    .default({})
    .meta({ description: "aws: on everything that is made." }),
};

/** How a pool's machines are made on EC2. */
export const backendInstances = z.strictObject({
  count: z.int().min(1, "must be 1 to 50").max(50, "must be 1 to 50").meta({ description: "How many." }),
  type: instanceType.default("t3.micro").meta({ description: "Their instance type." }),
  image: id("ami", "an image").optional().meta({ description: "Their image. Default: Debian 13." }),
  port: port.default(80).meta({ description: "The port on which they answer." }),
  userData: z
    .string()
    .max(12000, "must be at most 12000 characters")
    .default("")
    .meta({ description: "What cloud-init runs on them. A change replaces them, all at once." }),
});

export type BackendInstances = z.output<typeof backendInstances>;
