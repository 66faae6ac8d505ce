import { createHash } from "node:crypto";
import { addressOf } from "../config/addresses";
import { advertInterval, type Cluster } from "../config/cluster";
import type { NginxConfig } from "../config/nginx";

/** Everything that the renderers need to know about one node: complete, no defaults left to apply. */
export interface NodeSettings {
  name: string;
  address: string;
  interface: string;
  peer: { name: string; address: string; sshPort: number; hostKey: string };
  /** The VIP without its prefix length. */
  vip: string;
  virtualRouterId: number;
  priority: number;
  /** Seconds. */
  advertInterval: number;
  /** The permanent address that keeps the VRRP instance valid in every mode, its own per virtual router id. */
  anchor: string;
  nginx: NginxConfig;
}

/** The settings of both nodes, in the order of the configuration: the first has the higher priority. */
export function nodeSettings(cluster: Cluster): [NodeSettings, NodeSettings] {
  return [settingsOf(cluster, 0), settingsOf(cluster, 1)];
}

function settingsOf(cluster: Cluster, index: 0 | 1): NodeSettings {
  const node = cluster.nodes[index];
  const peer = cluster.nodes[1 - index];
  if (!node || !peer) throw new Error("a pair has two nodes");
  return {
    name: node.name,
    address: node.address,
    interface: node.interface,
    peer: { name: peer.name, address: peer.address, sshPort: peer.ssh.port, hostKey: peer.ssh.hostKey },
    vip: addressOf(cluster.vip.address),
    virtualRouterId: cluster.keepalived.virtualRouterId,
    priority: index === 0 ? 254 : 253,
    advertInterval: advertInterval[cluster.keepalived.profile],
    anchor: `169.254.77.${cluster.keepalived.virtualRouterId}`,
    nginx: cluster.nginx,
  };
}

/** The first twelve hexadecimal digits of the SHA-256: short enough to read out, long enough to tell releases apart. */
export const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 12);
