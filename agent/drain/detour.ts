import type { DrainSettings } from "../../node/drain/settings";
import type { Command, Found, PartOf } from "./role";

const TABLE = "nginx_ha_drain";
const MARK = "0x6e6861";
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
  const device = ["dev", settings.interface, "onlink"];
  /** A moved local table stays where it is. */
  const whereFirst = (command: Command): Command[] => (found.localFirst ? [command] : []);
  return {
    first: [{ argv: ["nft", "-f", "-"], input: ruleset(settings, found) }],
    sysctls: [
      // A packet of a connection whose beginning was not seen is invalid then, and that is how it is told.
      { path: "net/netfilter/nf_conntrack_tcp_loose", wanted: () => 0 },
      // And nothing else is: a packet out of its window stays with its connection.
      { path: "net/netfilter/nf_conntrack_tcp_be_liberal", wanted: () => 1 },
      {
        path: "net/netfilter/nf_conntrack_tcp_timeout_time_wait",
        wanted: (now) => Math.min(now, TIME_WAIT_S),
      },
      // The kernel's table is one for the whole machine: a container cannot set it.
      { path: "net/netfilter/nf_conntrack_max", wanted: (now) => Math.max(now, 262_144), optional: true },
      // An old socket with the same addresses, waiting for its time to end, would take a packet and lose it.
      { path: "net/ipv4/tcp_early_demux", wanted: () => 0 },
      { path: `net/ipv4/conf/${settings.interface}/forwarding`, wanted: () => 1 },
    ],
    apply: [
      ip("route", "replace", `${settings.vip}/32`, "via", settings.peer.address, ...device, "table", ROUTES),
      ...whereFirst(ip("rule", "add", "pref", LOCAL, "lookup", "local", "protocol", "kernel")),
      ip("rule", "add", "pref", MARKED, "fwmark", MARK, "lookup", ROUTES, "protocol", "kernel"),
      ...whereFirst(ip("rule", "del", "pref", "0")),
    ],
    undo: [
      ...whereFirst(ip("rule", "add", "pref", "0", "lookup", "local", "protocol", "kernel")),
      ip("rule", "del", "pref", MARKED),
      ...whereFirst({ ...ip("rule", "del", "pref", LOCAL), afterLocal: true }),
      ip("route", "flush", "table", ROUTES),
    ],
    // To the last: until the interface forwards no more, only what is marked may pass.
    last: [{ argv: ["nft", "delete", "table", "ip", TABLE] }],
    // Not the route: nothing leads to its table without the rule.
    traces: [
      {
        what: "its rules of routing",
        argv: ["ip", "-4", "rule", "show"],
        pattern: new RegExp(
          `lookup ${ROUTES}\\b${found.localFirst ? `|^${LOCAL}:.* lookup local\\b` : ""}`,
          "m",
        ),
      },
      {
        what: `nftables' table ${TABLE}`,
        argv: ["nft", "list", "tables", "ip"],
        pattern: new RegExp(`^table ip ${TABLE}$`, "m"),
      },
    ],
  };
};

const ip = (...argv: string[]): Command => ({ argv: ["ip", ...argv] });

/** `ct state invalid` costs every packet a look-up, and a new connection an entry: for a drain only. */
function ruleset({ interface: device, vip }: DrainSettings, { forwards }: Found): string {
  return `table ip ${TABLE}
delete table ip ${TABLE}
table ip ${TABLE} {
    chain prerouting {
        type filter hook prerouting priority mangle; policy accept;
        iifname "${device}" ip daddr ${vip} meta l4proto tcp ct state invalid counter meta mark set ${MARK}
        iifname "${device}" ip daddr ${vip} icmp type { destination-unreachable, time-exceeded, parameter-problem } ct state invalid meta mark set ${MARK}
    }
    chain forward {
        type filter hook forward priority filter; policy accept;
        meta mark ${MARK} ip daddr ${vip} counter accept
${forwards ? "" : `        iifname "${device}" counter drop\n`}    }
    chain output {
        type filter hook output priority filter; policy accept;
        icmp type redirect drop
    }
}
`;
}
