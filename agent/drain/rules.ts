import { TUNNEL, TUNNEL_PORT } from "../../config/tunnel";
import type { DrainSettings, Tunnel } from "../../node/drain/settings";
import { PRIVATE } from "./connections";
import { detourByIpv6 } from "./rules-ipv6";
import { type Chains, chain } from "./tables";
import { farEnd, nearEnd } from "./tunnel";

/** Rules for a case, or none. */
const when = (is: boolean | undefined, ...rules: string[]): string[] => (is ? rules : []);

/** Between the ends themselves, for the proof that the tunnel is one. */
const ends = (tunnel: Tunnel): string =>
  `iifname "${TUNNEL}" ip saddr ${farEnd(tunnel)} ip daddr ${nearEnd(tunnel)} accept`;
const peerOnly = ({ peer }: DrainSettings): string =>
  `udp dport ${TUNNEL_PORT} ip saddr != ${peer.address} drop`;

/** Who comes by an Elastic IP has an address of the Internet: what is private reached the node's own address. */
const fromInternet = ({ vip, peer }: DrainSettings, side: "saddr" | "daddr"): string =>
  peer.vip === vip ? "" : `ip ${side} != { ${PRIVATE.join(", ")} } `;

/** Of the node that lets the VIP go. Doubled answers leave twice, and the network lets that one pass which comes from the VIP's holder. */
export function keepChains(settings: DrainSettings): Chains {
  const { tunnel, vip, interface: device } = settings;
  if (!tunnel) return {};
  const answers = `oifname "${device}" ip saddr ${vip} ${fromInternet(settings, "daddr")}meta l4proto tcp`;
  return {
    ip: [
      chain("arriving", "prerouting", "raw", [
        peerOnly(settings),
        ends(tunnel),
        `iifname "${TUNNEL}" ip daddr != ${vip} drop`,
        // ICMP's errors are sent on, too.
        `iifname "${TUNNEL}" meta l4proto != { tcp, icmp } drop`,
      ]),
      chain(
        "leaving",
        "postrouting",
        "mangle",
        when(tunnel.answers === "doubled", `${answers} counter dup to ${farEnd(tunnel)} device "${TUNNEL}"`),
      ),
    ],
  };
}

/**
 * Of the node that takes it: what belongs to no connection of its own leaves again as a copy with another next hop, and the
 * packet itself goes no further. So the machine forwards nothing, and its routes and rules stay as they are. `ct state
 * invalid` costs every packet a look-up, and a new connection an entry: for a drain only, and in a zone of its own: when
 * nobody tracks any more the kernel keeps what it knew, five days of an established connection, and a client that uses its
 * port again would seem to go on with it. What an Elastic IP stands for is another address on each node, and is put in
 * without connection tracking.
 */
export const detourChains = (settings: DrainSettings, zone: number): Chains => ({
  ip: detourByIpv4(settings, zone),
  ip6: detourByIpv6(settings, zone),
});

function detourByIpv4(settings: DrainSettings, zone: number): string[] {
  const { tunnel, vip, peer, interface: device } = settings;
  const translates = peer.vip !== vip;
  // Of what the error quotes (RFC 792: after eight octets; RFC 791: its tenth).
  const aboutTcp = "@th,136,8 6";
  const errors = `icmp type { destination-unreachable, time-exceeded, parameter-problem } ${aboutTcp}`;
  const asked = `iifname "${device}" ip daddr ${vip} ${fromInternet(settings, "saddr")}`;
  const toPeer = `${tunnel ? `dup to ${farEnd(tunnel)} device "${TUNNEL}"` : `dup to ${peer.address} device "${device}"`} drop`;
  const answer = `iifname "${TUNNEL}" ip saddr ${peer.vip} fib daddr type != local meta l4proto tcp`;
  return [
    chain("arriving", "prerouting", "raw", [
      ...(tunnel ? [peerOnly(settings), ends(tunnel)] : []),
      ...when(
        tunnel?.answers === "doubled",
        `${answer} counter ${translates ? `ip saddr set ${vip} ` : ""}dup to ip daddr device "${device}" drop`,
      ),
      ...when(tunnel !== undefined, `iifname "${TUNNEL}" drop`),
      `${asked}meta l4proto { tcp, icmp } ct zone set ${zone}`,
    ]),
    // By whatever interface they leave; copies are nobody's connection.
    chain("answering", "output", "raw", [
      "ct state untracked accept",
      `ip saddr ${vip} ${fromInternet(settings, "daddr")}meta l4proto { tcp, icmp } ct zone set ${zone}`,
    ]),
    chain("sending", "prerouting", "mangle", [
      `${asked}meta l4proto tcp ct state invalid counter ${translates ? `ip daddr set ${peer.vip} ` : ""}${toPeer}`,
      // The packet in it, of which it tells, would have to be translated, too.
      ...when(!translates, `${asked}${errors} ct state invalid ${toPeer}`),
    ]),
  ];
}
