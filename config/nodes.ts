import { z } from "zod";
import { host, ipv4 } from "./addresses";
import { hostKey, interfaceName, name, port } from "./names";

const ssh = z
  .strictObject({
    host: host.optional().meta({ description: "Where SSH reaches the node. Default: its address." }),
    port: port.default(22).meta({ description: "The node's SSH port." }),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]*$/, "must be a Linux user name")
      .default("root")
      .meta({ description: "The login: root, or a user with sudo that asks for no password." }),
    hostKey: hostKey.meta({
      description:
        "The node's ed25519 host key in authorized_keys form. A machine that was replaced has a new one.",
    }),
  })
  .meta({ description: "How the node is reached. The private key is nginx-ha:sshPrivateKey." });

/** One of the pair's two machines on platform `hosts`. */
export const node = z.strictObject({
  name: name.meta({ description: "The node's name in resources, status and logs." }),
  zone: z
    .string()
    .min(1, "must not be empty")
    .default("-")
    .meta({ description: "Where it stands: a rack, a room." }),
  address: ipv4.meta({ description: "The node's own IPv4 address: the source of its VRRP adverts." }),
  interface: interfaceName
    .default("eth0")
    .meta({ description: "The interface that has the address and takes the VIP." }),
  ssh,
});

export type NodeConfig = z.output<typeof node>;
