import type { DrainSettings } from "../../node/drain/settings";
import { chain } from "./tables";

/** The next header of the packet that the error quotes (RFC 4443: after eight octets; RFC 8200: its seventh). */
const ABOUT_TCP = "@th,112,8 6";

/**
 * The same for the VIP's IPv6 address, on one L2 segment. Of ICMP only errors about TCP are tracked in the zone: others are about
 * connections that are not in it, and the search for neighbours is ICMP, too.
 */
export function detourByIpv6({ ipv6, interface: device }: DrainSettings, zone: number): string[] {
  if (!ipv6) return [];
  const types = "{ destination-unreachable, packet-too-big, time-exceeded, parameter-problem }";
  const errors = `icmpv6 type ${types} ${ABOUT_TCP}`;
  const asked = `iifname "${device}" ip6 daddr ${ipv6.vip}`;
  const toPeer = `dup to ${ipv6.peer} device "${device}" drop`;
  return [
    chain("arriving", "prerouting", "raw", [
      `${asked} meta l4proto tcp ct zone set ${zone}`,
      `${asked} ${errors} ct zone set ${zone}`,
    ]),
    chain("answering", "output", "raw", [
      "ct state untracked accept",
      `ip6 saddr ${ipv6.vip} meta l4proto tcp ct zone set ${zone}`,
    ]),
    chain("sending", "prerouting", "mangle", [
      `${asked} meta l4proto tcp ct state invalid counter ${toPeer}`,
      `${asked} ${errors} ct state invalid ${toPeer}`,
    ]),
  ];
}
