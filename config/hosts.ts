import { z } from "zod";
import { host, ipv4, ipv4WithPrefix, ipv6, ipv6WithPrefix } from "./addresses";
import { hostKey, interfaceName, name, port, userName } from "./names";

const ssh = z
  .strictObject({
    host: host.optional().meta({ description: "Where SSH reaches the node. Default: its address." }),
    port: port.default(22).meta({ description: "The node's SSH port." }),
    user: userName
      .default("root")
      .meta({ description: "The login: root, or a user with sudo that asks for no password." }),
    hostKey: hostKey.meta({
      description:
        "The node's ed25519 host key in authorized_keys form. A machine that was replaced has a new one.",
    }),
  })
  .meta({ description: "How the node is reached. The private key is nginx-ha:sshPrivateKey." });

const node = z.strictObject({
  name: name.meta({ description: "The node's name in resources, status and logs." }),
  zone: z
    .string()
    .min(1, "must not be empty")
    .default("-")
    .meta({ description: "Where it stands: a rack, a room." }),
  address: ipv4.meta({ description: "The node's own IPv4 address: the source of its VRRP adverts." }),
  address6: ipv6.optional().meta({
    description: "The node's own IPv6 address on the interface; needed where the VIP has one.",
  }),
  interface: interfaceName
    .default("eth0")
    .meta({ description: "The interface that has the address and takes the VIP." }),
  ssh,
});

/** One of the pair's two machines on platform `hosts`. */
export type HostConfig = z.output<typeof node>;

const vip = z.strictObject({
  mode: z.literal("arp", "must be arp on platform hosts").default("arp").meta({
    description: "How the network learns who holds the VIP. arp: gratuitous ARP on one L2 segment.",
  }),
  address: ipv4WithPrefix.meta({ description: "The VIP with the prefix length of the nodes' subnet." }),
  address6: ipv6WithPrefix.optional().meta({
    description: "An IPv6 address that moves with the VIP, with the prefix length of the nodes' subnet.",
  }),
});

/** The keys that only platform `hosts` has: you have the machines. */
export const hosts = {
  platform: z
    .literal("hosts")
    .meta({ description: "Where the machines come from. hosts: you have them; aws: they are made on EC2." }),
  nodes: z
    .array(node)
    .length(2, "must be exactly two nodes: the first gets priority 254, the second 253")
    .meta({ description: "The pair. The first node gets priority 254, the second 253." }),
  vip: vip.meta({ description: "The address that clients use." }),
};
