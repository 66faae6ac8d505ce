import { TUNNEL } from "../../config/tunnel";
import { agentBundle } from "../agent/bundle";
import type { ReleaseFile } from "../release";
import { runtimeLimit, startLimit, stopLimit } from "./limits";
import { drainDirectory, drainProgram } from "./names";
import type { DrainSettings } from "./settings";

/** What a release has of the drain: the program, its settings, its unit. */
export const drainFiles = (settings: DrainSettings): ReleaseFile[] => [
  { path: "drain.json", mode: "0644", content: `${JSON.stringify(settings, null, 2)}\n` },
  { path: "bin/drain.js", mode: "0644", content: agentBundle("drain") },
  { path: "systemd/nginx-ha-drain@.service", mode: "0644", content: unit(settings) },
  { path: "tmpfiles/nginx-ha-drain.conf", mode: "0644", content: tmpfiles },
  ...(settings.tunnel
    ? [{ path: "sysctl/nginx-ha-drain.conf", mode: "0644" as const, content: sysctl }]
    : []),
];

/**
 * Runs for a drain only, as `@keep` on the node that lets the VIP go and as `@detour` on the one that takes it. However it
 * ends, killed or late, systemd undoes it.
 */
const unit = (settings: DrainSettings): string => `# Made by nginx-ha.
[Unit]
Description=Lets established connections end while the VIP moves: %i (nginx-ha)
After=nginx-ha-firewall.service
PartOf=nftables.service
CollectMode=inactive-or-failed

[Service]
Type=exec
ExecStartPre=${drainProgram} prepare %i
ExecStart=${drainProgram} watch %i
ExecStopPost=${drainProgram} undo %i
TimeoutStartSec=${startLimit}
TimeoutStopSec=${stopLimit}
RuntimeMaxSec=${runtimeLimit(settings)}
OOMScoreAdjust=-500
MemoryMax=160M
NoNewPrivileges=yes
ProtectHome=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
`;

/**
 * udev has systemd-sysctl set each new interface as the files say, by then perhaps after the program has; a name with a dash
 * and no value is left out of what is said of all interfaces (sysctl.d(5)).
 */
const sysctl = `# Made by nginx-ha. The device is there for the time of a planned move, and set by whoever makes it.
-net.ipv4.conf.${TUNNEL}.rp_filter
-net.ipv6.conf.${TUNNEL}.disable_ipv6
`;

const tmpfiles = `# Made by nginx-ha.
d ${drainDirectory} 0755 root root -
`;
