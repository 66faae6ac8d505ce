import { agentBundle } from "../agent/bundle";
import type { ReleaseFile } from "../release";
import type { ServedNginx } from "../settings";
import { current } from "../systemd/units";

/** What a release has of ACME, if any certificate comes from there: the program, and when it looks. */
export const acmeFiles = ({ acme }: ServedNginx): ReleaseFile[] =>
  acme === undefined
    ? []
    : [
        { path: "bin/acme.js", mode: "0644", content: agentBundle("acme") },
        { path: "systemd/nginx-ha-acme.service", mode: "0644", content: unit },
        { path: "systemd/nginx-ha-acme.timer", mode: "0644", content: timer },
      ];

/** Looks, and on the MASTER gets what is due; the limit is for many names at a slow authority. */
const unit = `# Made by nginx-ha.
[Unit]
Description=Gets certificates by ACME while this node is MASTER (nginx-ha)
After=network-online.target nginx-ha-sync.service
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/node --max-old-space-size=48 ${current}/bin/acme.js
TimeoutStartSec=30min
UMask=0077
RuntimeDirectory=nginx-ha-acme
StateDirectory=nginx-ha/acme
StateDirectoryMode=0700
MemoryMax=160M
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
CapabilityBoundingSet=
`;

/** A node that becomes MASTER looks within this time; whoever publishes starts it at once. */
const timer = `# Made by nginx-ha.
[Unit]
Description=Looks for certificates that are due (nginx-ha)

[Timer]
OnActiveSec=1min
OnUnitInactiveSec=5min
AccuracySec=10s

[Install]
WantedBy=timers.target
`;
