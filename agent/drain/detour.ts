import { TUNNEL } from "../../config/tunnel";
import { runtimeLimit } from "../../node/drain/limits";
import type { Command, PartOf, Sysctl } from "./role";
import { detourChains, load, MARK, tableTrace, unload } from "./rules";
import { closeTunnel, farEnd, makeTunnel, openTunnel, tunnelSysctls, tunnelTraces } from "./tunnel";

/** A routing table of our own. */
const ROUTES = "7261";
/** Preferences of the rules: nothing may come between ours and the local table's. */
const MARKED = "2";
const LOCAL = "3";
/** Seconds for which the kernel remembers a connection that has ended; its own two minutes fill its table. */
const TIME_WAIT_S = 10;

/**
 * The node that takes the VIP sends on to the other one what belongs to no connection of its own. The rules are the kernel's
 * own (`protocol kernel`): systemd-networkd takes away what it does not know.
 */
export const detour: PartOf = (settings, found) => {
  const { tunnel, vip, peer } = settings;
  const hop = tunnel
    ? ["via", farEnd(tunnel), "dev", TUNNEL, "onlink"]
    : ["via", peer.address, "dev", settings.interface, "onlink"];
  /** A moved local table stays where it is, and nothing has to come before it for an address that is not the node's. */
  const moves = found.localFirst && peer.vip === vip;
  const whereFirst = (command: Command): Command[] => (moves ? [command] : []);
  return {
    first: [...makeTunnel(settings), load(detourChains(settings, found))],
    sysctls: [
      // A packet of a connection whose beginning was not seen is invalid then, and that is how it is told.
      { path: "net/netfilter/nf_conntrack_tcp_loose", wanted: () => 0 },
      // And nothing else is: a packet out of its window stays with its connection.
      { path: "net/netfilter/nf_conntrack_tcp_be_liberal", wanted: () => 1 },
      {
        path: "net/netfilter/nf_conntrack_tcp_timeout_time_wait",
        wanted: (now) => Math.min(now, TIME_WAIT_S),
      },
      // Nobody tells the kernel of their end when the drain is over: it would remember them for five days.
      {
        path: "net/netfilter/nf_conntrack_tcp_timeout_established",
        wanted: (now) => Math.min(now, runtimeLimit(settings)),
      },
      // The kernel's table is one for the whole machine: a container cannot set it.
      { path: "net/netfilter/nf_conntrack_max", wanted: (now) => Math.max(now, 262_144), optional: true },
      // An old socket with the same addresses, waiting for its time to end, would take a packet and lose it.
      { path: "net/ipv4/tcp_early_demux", wanted: () => 0 },
      { path: `net/ipv4/conf/${settings.interface}/forwarding`, wanted: () => 1 },
      ...tunnelSysctls(settings),
      ...(tunnel?.answers === "doubled" ? wayBack : []),
    ],
    apply: [
      ...openTunnel(settings),
      ip("route", "replace", `${peer.vip}/32`, ...hop, "table", ROUTES),
      ...whereFirst(ip("rule", "add", "pref", LOCAL, "lookup", "local", "protocol", "kernel")),
      ip("rule", "add", "pref", MARKED, "fwmark", MARK, "lookup", ROUTES, "protocol", "kernel"),
      ...whereFirst(ip("rule", "del", "pref", "0")),
    ],
    undo: [
      ...whereFirst(ip("rule", "add", "pref", "0", "lookup", "local", "protocol", "kernel")),
      ip("rule", "del", "pref", MARKED),
      ...whereFirst({ ...ip("rule", "del", "pref", LOCAL), afterLocal: true }),
      ip("route", "flush", "table", ROUTES),
      ...closeTunnel(settings),
    ],
    // To the last: until the interface forwards no more, only what is marked may pass.
    last: [unload],
    // Not the route: nothing leads to its table without the rule.
    traces: [
      {
        what: "its rules of routing",
        argv: ["ip", "-4", "rule", "show"],
        pattern: new RegExp(`lookup ${ROUTES}\\b${moves ? `|^${LOCAL}:.* lookup local\\b` : ""}`, "m"),
      },
      tableTrace,
      ...tunnelTraces(settings),
    ],
  };
};

/** The other node's answers come out of the tunnel, from an address that may be this node's own, and go on. */
const wayBack: Sysctl[] = [
  { path: `net/ipv4/conf/${TUNNEL}/accept_local`, wanted: () => 1 },
  { path: `net/ipv4/conf/${TUNNEL}/forwarding`, wanted: () => 1 },
];

const ip = (...argv: string[]): Command => ({ argv: ["ip", ...argv] });
