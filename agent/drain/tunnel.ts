import { TUNNEL, TUNNEL_PORT } from "../../config/tunnel";
import type { DrainSettings, Tunnel } from "../../node/drain/settings";
import type { Command, Sysctl, Trace } from "./role";

const NETWORK_ID = "7261";
/** What a VPC carries at most: a packet that is too long with the tunnel's header goes in two. */
const MTU = "9001";

/** The addresses of its two ends, in no other network, and their hardware's: nobody has to ask for them. */
const ends = {
  senior: { ip: "169.254.78.1", mac: "02:6e:68:61:00:01" },
  junior: { ip: "169.254.78.2", mac: "02:6e:68:61:00:02" },
};
const near = ({ senior }: Tunnel) => (senior ? ends.senior : ends.junior);
const far = ({ senior }: Tunnel) => (senior ? ends.junior : ends.senior);

export const nearEnd = (tunnel: Tunnel): string => near(tunnel).ip;
/** The peer's end, as a next hop. */
export const farEnd = (tunnel: Tunnel): string => far(tunnel).ip;

const ip = (...argv: string[]): Command => ({ argv: ["ip", ...argv] });

/**
 * Makes it, down, so that nothing comes in before it is filtered. Without a device under it the kernel lets it be as wide as
 * the network is, and divides what is too long.
 */
export function makeTunnel({ tunnel, peer }: DrainSettings): Command[] {
  if (!tunnel) return [];
  const between = ["local", tunnel.address, "remote", peer.address, "dstport", `${TUNNEL_PORT}`];
  const device = ["mtu", MTU, "address", near(tunnel).mac];
  return [ip("link", "add", TUNNEL, ...device, "type", "vxlan", "id", NETWORK_ID, ...between)];
}

export function openTunnel({ tunnel }: DrainSettings): Command[] {
  if (!tunnel) return [];
  const there = far(tunnel);
  return [
    ip("address", "add", `${nearEnd(tunnel)}/30`, "dev", TUNNEL),
    ip("link", "set", TUNNEL, "up"),
    ip("neighbour", "replace", there.ip, "lladdr", there.mac, "dev", TUNNEL, "nud", "permanent"),
  ];
}

export const closeTunnel = ({ tunnel }: DrainSettings): Command[] =>
  tunnel ? [ip("link", "del", TUNNEL)] : [];

/** No rule of ours filters IPv6 in it. Set before the device is up, or it has an address. */
export const tunnelSysctls = ({ tunnel }: DrainSettings): Sysctl[] =>
  tunnel ? [{ path: `net/ipv6/conf/${TUNNEL}/disable_ipv6`, wanted: () => 1, optional: true }] : [];

/** Where a client's packet comes out of it, whose way back is another one. */
export const arrivalSysctls = ({ tunnel }: DrainSettings): Sysctl[] =>
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
          filtered: true,
        },
      ]
    : [];
