import type { Family } from "./tables";

/** Seconds for which a connection is known by its first packet: as long as the kernel waits for the third one. */
const BEGINS_S = 63;
/** Connections that are known at once, 20 MB of the kernel's memory. */
const BEGINNING = 262_144;

/** ICMP's errors, and where the packet that they quote says that it is TCP. */
const errorsOf: Record<Family, string> = {
  // RFC 792: after eight octets; RFC 791: its tenth.
  ip: "icmp type { destination-unreachable, time-exceeded, parameter-problem } @th,136,8 6",
  // RFC 4443: after eight octets; RFC 8200: its seventh.
  ip6: "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } @th,112,8 6",
};

/** Who began which connection to the VIP a moment ago, and whether there were too many to remember. */
export function begunHere(family: Family): string[] {
  const address = family === "ip" ? "ipv4_addr" : "ipv6_addr";
  return [
    recent("begun", `${address} . inet_service . inet_service`, BEGINNING),
    recent("crowded", address, 1),
  ];
}

const recent = (name: string, type: string, size: number): string => `    set ${name} {
        type ${type}
        size ${size}
        flags dynamic,timeout
        timeout ${BEGINS_S}s
    }
`;

/**
 * What belongs to no connection of this node leaves again as a copy with another next hop, and the packet itself goes no
 * further. So the machine forwards nothing, tracks nothing, and its routes, rules of routing and settings stay as they are.
 *
 * Whose it is, the socket tells that the kernel would give it to (Linux, net/netfilter/nft_socket.c): a connection's own has
 * the VIP for its address (`wildcard 0`), one that listens has every address (`wildcard 1`), and none is there while nginx is
 * not. One that is just beginning has none that can be asked that, or no record at all (SYN cookies, when many begin at once): so
 * who has just sent a SYN is known. One in TIME-WAIT cannot be asked either: it may be of an earlier drain, and its client's
 * port in use again. Where more begin than are remembered, whatever has such a socket counts as this node's.
 */
export function othersGo(
  family: Family,
  { asked, toPeer, errors }: { asked: string; toPeer: string; errors: boolean },
): string[] {
  const flow = `${family} saddr . tcp sport . tcp dport`;
  const vip = `${family} daddr`;
  return [
    `${asked} tcp flags & syn != 0 update @begun { ${flow} } accept`,
    `${asked} tcp flags & syn != 0 update @crowded { ${vip} } accept`,
    `${asked} meta l4proto tcp socket wildcard 0 accept`,
    `${asked} ${flow} @begun accept`,
    `${asked} meta l4proto tcp socket wildcard 1 counter ${toPeer}`,
    `${asked} ${vip} @crowded socket transparent { 0, 1 } accept`,
    `${asked} meta l4proto tcp counter ${toPeer}`,
    ...(errors ? [`${asked} ${errorsOf[family]} socket wildcard 1 ${toPeer}`] : []),
  ];
}
