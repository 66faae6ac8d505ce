import { beginLimit, endLimit, handoverLimit } from "../drain/limits";

/** Where the release that the node runs is found. */
export const current = "/etc/nginx-ha/current";

/** The files that keepalived watches: 0 is healthy, anything else is FAULT, a missing one counts as healthy. */
export const trackFile = (name: "nginx" | "hang" | "handover" | "sync"): string =>
  `/run/nginx-ha/track/${name}`;

/**
 * nginx reports its own exit, so that a failover waits for no poll. The first `ExecStop=` hands over before QUIT,
 * because Debian's stop closes the listeners while the VIP is still here.
 * Where a machine's hard limit of open files is below `worker_rlimit_nofile`, nginx's own call fails, and systemd's soft 1024
 * would stay; systemd takes the highest that there is.
 */
export function nginxDropIn(): string {
  const down = `/bin/sh -c 'echo 1 >${trackFile("nginx")}'`;
  return `# Made by nginx-ha.
[Unit]
StartLimitIntervalSec=0

[Service]
ExecStartPost=${current}/bin/nginx-started
ExecStop=
ExecStop=${down}
ExecStop=-/sbin/start-stop-daemon --quiet --stop --retry QUIT/5 --pidfile /run/nginx.pid
ExecStopPost=-${down}
LimitNOFILE=524288
Restart=on-failure
RestartSec=1s
`;
}

/**
 * A killed keepalived leaves its addresses configured (keepalived #2361) and its pid files behind, which stop the
 * next start when their pid has been reused: both are cleared here.
 */
export function keepalivedDropIn(): string {
  return `# Made by nginx-ha.
[Unit]
StartLimitIntervalSec=0
After=nginx-ha-firewall.service network-online.target
Wants=nginx-ha-firewall.service network-online.target

[Service]
ExecStartPre=-/bin/rm -f /run/keepalived.pid /run/vrrp.pid /run/checkers.pid
ExecStartPre=-${current}/bin/vip-flush
ExecStart=
ExecStart=/usr/sbin/keepalived --dont-fork --vrrp --dont-respawn --log-console --no-syslog
ExecStopPost=-${current}/bin/vip-flush
Restart=always
RestartSec=100ms
KillMode=mixed
TimeoutStopSec=3
`;
}

/** Loads the rules before keepalived starts, and again whenever nftables.service flushes all that there are. */
export function firewallUnit(): string {
  return `# Made by nginx-ha.
[Unit]
Description=VRRP from the peer only (nginx-ha)
After=nftables.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service
Before=keepalived.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f ${current}/network/firewall.nft
ExecReload=/usr/sbin/nft -f ${current}/network/firewall.nft
ExecStop=/usr/sbin/nft delete table inet nginx_ha

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Stops before nginx and keepalived do, by whatever command, the machine's reboot included, and hands over then. It starts
 * with them, and does nothing until it is stopped.
 * @param drainS seconds that established connections may go on; 0 for none
 */
export const handoverUnit = (drainS: number): string => `# Made by nginx-ha.
[Unit]
Description=Hands the VIP over before nginx, keepalived or the node stops (nginx-ha)
After=nginx.service keepalived.service nginx-ha-sync.service nginx-ha-agent.service nginx-ha-guard.service
After=nginx-ha-firewall.service network-online.target nginx-ha-drain@keep.service
PartOf=nginx.service keepalived.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
Environment=BEGIN_S=${beginLimit} END_S=${endLimit}
ExecStart=/bin/true
ExecStop=-${current}/bin/hand-over
ExecStopPost=-/bin/sh -c 'echo 0 >${trackFile("handover")}'
TimeoutStopSec=${handoverLimit(drainS)}

[Install]
WantedBy=multi-user.target nginx.service keepalived.service
`;

/** Beside everything else: it must not be delayed by what it watches, nor by the agent. */
export const guardUnit = (): string => `# Made by nginx-ha.
[Unit]
Description=Ends a keepalived that stands still (nginx-ha)
StartLimitIntervalSec=0

[Service]
ExecStart=${current}/bin/freeze-guard
Restart=always
RestartSec=1
Nice=-15

[Install]
WantedBy=multi-user.target
`;

/** The track files exist before keepalived starts; nginx counts as down, and the configuration as old, until the contrary is proved. */
export function tmpfiles(): string {
  return `# Made by nginx-ha.
d /run/nginx-ha 0755 root root -
d /run/nginx-ha/track 0755 root root -
f ${trackFile("nginx")} 0644 root root - 1
f ${trackFile("hang")} 0644 nginx-ha-agent root - 0
f ${trackFile("handover")} 0644 root root - 0
f ${trackFile("sync")} 0644 root root - 1
`;
}
