import type { ReleaseFile } from "../release";
import type { NodeSettings } from "../settings";

/**
 * What of Debian's EC2 image would fight the pair, put right. cloud-init gives a machine every address that its
 * interface has at the first start, and amazon-ec2-net-utils gives it each one that comes later: but keepalived alone
 * says where the VIP is, and a secondary address must not become the source of what the node sends.
 */
export const imageFiles = (settings: NodeSettings): ReleaseFile[] => [
  { path: "network/05-nginx-ha.network", mode: "0644", content: network(settings) },
  {
    path: "cloud-init/99-nginx-ha.cfg",
    mode: "0644",
    content: "# Made by nginx-ha.\nnetwork: {config: disabled}\n",
  },
];

/** KeepConfiguration: without it a restart of networkd takes every address that keepalived has added. */
const network = ({ interface: device, permanentAddress }: NodeSettings): string => `# Made by nginx-ha.
[Match]
Name=${device}

[Network]
DHCP=ipv4
KeepConfiguration=static
${permanentAddress === undefined ? "" : `Address=${permanentAddress}/32\n`}
[DHCPv4]
UseHostname=no
`;
