import { healthName } from "./nginx/health-name";
import type { NodeSettings } from "./settings";
import { assignments } from "./shell";

/** `node.env`: what the programs on the node need to know, read by them with the shell's `.`. */
export function nodeEnvironment(settings: NodeSettings): string {
  return assignments({
    NODE: settings.name,
    ADDRESS: settings.address,
    INTERFACE: settings.interface,
    VIP: settings.vip,
    VIP6: settings.vip6 ?? "",
    ASKS_API: settings.agent.claim.mode === "arp" ? "no" : "yes",
    FREEZE_MS: freezeLimit(settings.advertInterval),
    HOLDS_VIP: settings.holdsVip ? "yes" : "no",
    ANCHOR: settings.anchor,
    HEALTH_NAME: healthName,
    BOOT_WAIT: settings.sync.bootWait,
    PEER: settings.peer.address,
    PEER_SSH_PORT: settings.peer.sshPort,
  });
}

/** Milliseconds: longer than a healthy MASTER ever stands still, and over before the peer takes over at three adverts. */
const freezeLimit = (advertInterval: number): number => Math.round(1200 * advertInterval + 30);
