import { createHash } from "node:crypto";
import { advertInterval, type Cluster } from "../config/cluster";
import type { NginxConfig } from "../config/nginx";
import type { PoolConfig } from "../config/nginx/pools";
import type { SyncConfig } from "../config/sync";
import type { AgentSettings, Claim } from "./claim";
import type { DrainSettings } from "./drain/settings";
import { healthName } from "./nginx/health-name";
import type { SyncSettings } from "./sync/settings";

/** What nginx serves, with the servers of each pool, wherever they came from; `ipv6`: by IPv6, too. */
export type ServedNginx = NginxConfig & { ipv6?: true };
export type ServedPool = PoolConfig;

/** One node as the network and its peer know it. */
export interface NodePlace {
  name: string;
  /** Its own address: the source of its VRRP adverts. */
  address: string;
  /** Its own IPv6 address, where the VIP has one. */
  address6?: string;
  interface: string;
  sshPort: number;
  /** The ed25519 host key in authorized_keys form. */
  hostKey: string;
  /** Where an API call moves the VIP: what this node asks for. */
  claim?: { region: string; of: Claim };
}

/** What both nodes have in common. */
export interface PairSettings {
  keepalived: Cluster["keepalived"];
  nginx: ServedNginx;
  sync: SyncConfig;
  /** How long established connections may go on where the VIP was; 0: they are cut. */
  drain: { seconds: number };
  /** The VIP without a prefix length. */
  vip: string;
  /** The IPv6 address that moves with it, in the kernel's spelling, without a prefix length. */
  vip6?: string;
}

/** Everything that the renderers need to know about one node: complete, no defaults left to apply. */
export interface NodeSettings {
  name: string;
  address: string;
  /** Its own IPv6 address, where the VIP has one. */
  address6?: string;
  interface: string;
  peer: { name: string; address: string; sshPort: number; hostKey: string };
  /** The VIP without its prefix length. */
  vip: string;
  /** The IPv6 address that moves with it. */
  vip6?: string;
  /** Whether keepalived holds the VIP; behind an Elastic IP each node's own address is permanent instead. */
  holdsVip: boolean;
  /** An address that is always on the interface, beside those that the machine's own configuration knows. */
  permanentAddress?: string;
  virtualRouterId: number;
  priority: number;
  /** Seconds. */
  advertInterval: number;
  /** The permanent address that keeps the VRRP instance valid in every mode, its own per virtual router id. */
  anchor: string;
  nginx: ServedNginx;
  agent: AgentSettings;
  sync: SyncSettings;
  /** Nothing where a planned move cuts established connections. */
  drain?: DrainSettings;
  /** The rollback that this `up` may undo. */
  acceptOverride: string;
}

/** The settings of both nodes, in the order of the configuration: the first has the higher priority. */
export const nodeSettings = (
  pair: PairSettings,
  [first, second]: readonly [NodePlace, NodePlace],
): [NodeSettings, NodeSettings] => [
  settingsOf(pair, first, second, 254),
  settingsOf(pair, second, first, 253),
];

function settingsOf(pair: PairSettings, node: NodePlace, peer: NodePlace, priority: number): NodeSettings {
  const { virtualRouterId, profile } = pair.keepalived;
  const anchor = `169.254.77.${virtualRouterId}`;
  const { claim } = node;
  const elastic = claim?.of.mode === "elasticIp" ? claim.of : undefined;
  return {
    name: node.name,
    address: node.address,
    ...(node.address6 !== undefined && { address6: node.address6 }),
    interface: node.interface,
    peer: { name: peer.name, address: peer.address, sshPort: peer.sshPort, hostKey: peer.hostKey },
    vip: pair.vip,
    ...(pair.vip6 !== undefined && { vip6: pair.vip6 }),
    holdsVip: elastic === undefined,
    ...(elastic && { permanentAddress: elastic.privateIp }),
    virtualRouterId,
    priority,
    advertInterval: advertInterval[profile],
    anchor,
    nginx: { ...pair.nginx, ...(pair.vip6 !== undefined && { ipv6: true }) },
    agent: {
      node: node.name,
      peer: { name: peer.name, address: peer.address },
      vip: pair.vip,
      anchor,
      senior: priority > 253,
      advertInterval: advertInterval[profile],
      healthName,
      ...(claim && { region: claim.region }),
      claim: claim?.of ?? {
        mode: "arp",
        address: pair.vip,
        ...(pair.vip6 !== undefined && { address6: pair.vip6 }),
        interface: node.interface,
      },
    },
    sync: {
      node: node.name,
      senior: priority > 253,
      peer: peer.name,
      anchor,
      healthName,
      bootWait: pair.sync.bootWait,
      interval: pair.sync.interval,
    },
    ...(pair.drain.seconds > 0 && {
      drain: {
        node: node.name,
        peer: { address: peer.address, vip: reachedAt(peer, pair) },
        interface: node.interface,
        vip: reachedAt(node, pair),
        ...(pair.vip6 !== undefined &&
          peer.address6 !== undefined && {
            ipv6: { vip: pair.vip6, peer: peer.address6 },
          }),
        ...(claim && {
          tunnel: {
            address: node.address,
            senior: priority > 253,
            answers: claim.of.mode === "overlayRoute" ? "directly" : "doubled",
          },
        }),
        anchor,
        healthName,
        seconds: pair.drain.seconds,
      },
    }),
    acceptOverride: pair.sync.acceptOverride ?? "",
  };
}

/** What clients' packets are addressed to when they reach a node that has the VIP. */
const reachedAt = ({ claim }: NodePlace, { vip }: PairSettings): string =>
  claim?.of.mode === "elasticIp" ? claim.of.privateIp : vip;

/** The first twelve hexadecimal digits of the SHA-256: short enough to read out, long enough to tell releases apart. */
export const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 12);
