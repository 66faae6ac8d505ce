import { TUNNEL, TUNNEL_PORT } from "../../config/tunnel";
import type { DrainSettings, Tunnel } from "../../node/drain/settings";
import { PRIVATE } from "./connections";
import { begunHere, othersGo } from "./others";
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

/** Of the node that takes it. What an Elastic IP stands for is another address on each node, and is put in. */
export const detourChains = (settings: DrainSettings): Chains => ({
  ip: detourByIpv4(settings),
  ip6: detourByIpv6(settings),
});

function detourByIpv4(settings: DrainSettings): string[] {
  const { tunnel, vip, peer, interface: device } = settings;
  const translates = peer.vip !== vip;
  const next = tunnel ? `${farEnd(tunnel)} device "${TUNNEL}"` : `${peer.address} device "${device}"`;
  const answer = `iifname "${TUNNEL}" ip saddr ${peer.vip} fib daddr type != local meta l4proto tcp`;
  return [
    ...begunHere("ip"),
    chain("arriving", "prerouting", "raw", [
      ...(tunnel ? [peerOnly(settings), ends(tunnel)] : []),
      ...when(
        tunnel?.answers === "doubled",
        `${answer} counter ${translates ? `ip saddr set ${vip} ` : ""}dup to ip daddr device "${device}" drop`,
      ),
      ...when(tunnel !== undefined, `iifname "${TUNNEL}" drop`),
      ...othersGo("ip", {
        asked: `iifname "${device}" ip daddr ${vip} ${fromInternet(settings, "saddr")}`.trim(),
        toPeer: `${translates ? `ip daddr set ${peer.vip} ` : ""}dup to ${next} drop`,
        // The packet in it, of which it tells, would have to be translated, too.
        errors: !translates,
      }),
    ]),
  ];
}

/** The same for the VIP's IPv6 address, on one L2 segment. */
const detourByIpv6 = ({ ipv6, interface: device }: DrainSettings): string[] =>
  ipv6
    ? [
        ...begunHere("ip6"),
        chain(
          "arriving",
          "prerouting",
          "raw",
          othersGo("ip6", {
            asked: `iifname "${device}" ip6 daddr ${ipv6.vip}`,
            toPeer: `dup to ${ipv6.peer} device "${device}" drop`,
            errors: true,
          }),
        ),
      ]
    : [];
