import { agentBundle } from "../agent/bundle";
import type { ReleaseFile } from "../release";
import { current } from "../systemd/units";
import type { SyncSettings } from "./settings";

/** What a release has of the synchronisation: the program, its settings, its units. */
export const syncFiles = (settings: SyncSettings): ReleaseFile[] => [
  { path: "sync.json", mode: "0644", content: `${JSON.stringify(settings, null, 2)}\n` },
  { path: "bin/sync.js", mode: "0644", content: agentBundle("sync") },
  { path: "systemd/nginx-ha-sync.service", mode: "0644", content: syncUnit },
  { path: "systemd/nginx-ha-gate.service", mode: "0644", content: gateUnit(settings) },
];

/** Root's: it tests and reloads nginx. The peer reaches nothing of it but five questions on a Unix socket. */
const syncUnit = `# Made by nginx-ha.
[Unit]
Description=Keeps what nginx serves the same on both nodes (nginx-ha)
After=network-online.target nginx-ha-firewall.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/bin/node --max-old-space-size=96 ${current}/bin/sync.js serve
Restart=always
RestartSec=1
RestartPreventExitStatus=78
WatchdogSec=60
WatchdogSignal=SIGKILL
NotifyAccess=all
UMask=0022
RuntimeDirectory=nginx-ha-sync
MemoryMax=256M
NoNewPrivileges=yes
ProtectHome=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK

[Install]
WantedBy=multi-user.target
`;

/** Needs neither the agent nor the synchronisation: without them the node takes part when the wait is over. */
const gateUnit = ({ bootWait }: SyncSettings): string => `# Made by nginx-ha.
[Unit]
Description=Keeps the node out of the election until it has what its peer has (nginx-ha)
Wants=nginx-ha-sync.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${current}/bin/gate
TimeoutStartSec=${bootWait + 15}
ExecStopPost=-/bin/sh -c 'echo 0 >/run/nginx-ha/track/sync'

[Install]
WantedBy=multi-user.target
`;
