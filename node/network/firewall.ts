import type { NodeSettings } from "../settings";

/**
 * The nftables rules: IP protocol 112 (VRRP) from the peer only, because VRRPv3 has no authentication.
 * A table of its own, replaced in one transaction; everything else is left to the machine's own rules.
 */
export function firewall(settings: NodeSettings): string {
  return `# Made by nginx-ha.
table inet nginx_ha
delete table inet nginx_ha
table inet nginx_ha {
    chain input {
        type filter hook input priority -10; policy accept;
        meta l4proto 112 ip saddr ${settings.peer.address} accept
        meta l4proto 112 counter drop
    }
${settings.agent.claim.mode !== "arp" ? metadata : ""}}
`;
}

/** The role's credentials are for root and the agent: a program that nginx's user is tricked into must not get them. */
const metadata = `    chain output {
        type filter hook output priority -10; policy accept;
        ip daddr 169.254.169.254 meta skuid != { "root", "nginx-ha-agent" } counter reject
    }
`;
