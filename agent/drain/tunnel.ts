import type { DrainSettings, Tunnel } from "../../node/drain/settings";
import type { Command, Sysctl, Trace } from "./role";

/** The tunnel's device. */
export const TUNNEL = "nha-drain";
/** VXLAN's port (RFC 7348), which the nodes' security group lets pass between them. */
const PORT = "4789";
const NETWORK_ID = "7261";
/** What a VPC carries at most: a packet that is longer with the tunnel's header goes in two. */
const MTU = "9001";

/** The addresses of its two ends, in no other network, and their hardware's: nobody has to ask for them. */
const ends = {
  senior: { ip: "169.254.78.1", mac: "02:6e:68:61:00:01" },
  junior: { ip: "169.254.78.2", mac: "02:6e:68:61:00:02" },
};
const own = ({ senior }: Tunnel) => (senior ? ends.senior : ends.junior);
const other = ({ senior }: Tunnel) => (senior ? ends.junior : ends.senior);

/** The peer's end, as a next hop. */
export const farEnd = (tunnel: Tunnel): string => other(tunnel).ip;

/** What makes it. Without a device under it the kernel lets it be as wide as the network is, and divides what is too long. */
export function openTunnel({ tunnel, peer }: DrainSettings): Command[] {
  if (!tunnel) return [];
  const [here, there] = [own(tunnel), other(tunnel)];
  const between = ["local", tunnel.address, "remote", peer.address, "dstport", PORT];
  return [
    ["link", "add", TUNNEL, "mtu", MTU, "address", here.mac, "type", "vxlan", "id", NETWORK_ID, ...between],
    ["address", "add", `${here.ip}/30`, "dev", TUNNEL],
    ["link", "set", TUNNEL, "up"],
    ["neighbour", "replace", there.ip, "lladdr", there.mac, "dev", TUNNEL, "nud", "permanent"],
  ].map((argv) => ({ argv: ["ip", ...argv] }));
}

export const closeTunnel = ({ tunnel }: DrainSettings): Command[] =>
  tunnel ? [{ argv: ["ip", "link", "del", TUNNEL] }] : [];

/** A client's packet comes out of it, whose way back is another one. */
export const tunnelSysctls = ({ tunnel }: DrainSettings): Sysctl[] =>
  tunnel
    ? [
        { path: "net/ipv4/conf/all/rp_filter", wanted: (now) => (now === 1 ? 2 : now) },
        { path: `net/ipv4/conf/${TUNNEL}/rp_filter`, wanted: () => 0 },
      ]
    : [];

export const tunnelTraces = ({ tunnel }: DrainSettings): Trace[] =>
  tunnel
    ? [
        {
          what: `the tunnel ${TUNNEL}`,
          argv: ["ip", "-oneline", "link", "show"],
          pattern: new RegExp(`: ${TUNNEL}[:@]`),
        },
      ]
    : [];

/** As rules of nftables: nobody but the peer speaks in it. */
export const peerOnly = ({ peer }: DrainSettings): string =>
  `udp dport ${PORT} ip saddr != ${peer.address} drop`;
