import type { AgentSettings } from "../claim";
import type { ReleaseFile } from "../release";
import { trackFile } from "../systemd/units";
import { agentBundle } from "./bundle";

/** keepalived tells the agent of every change; the agent reads it with its own rights. */
export const notifyFifo = "/run/nginx-ha/vrrp.fifo";

/** What a release has of the agent: the program, its settings, its unit. */
export const agentFiles = (settings: AgentSettings): ReleaseFile[] => [
  { path: "agent.json", mode: "0644", content: `${JSON.stringify(settings, null, 2)}\n` },
  { path: "bin/agent.js", mode: "0644", content: agentBundle("agent") },
  { path: "systemd/nginx-ha-agent.service", mode: "0644", content: unit },
  { path: "tmpfiles/nginx-ha-agent.conf", mode: "0644", content: tmpfiles },
];

/**
 * Nothing waits for it: without it keepalived and nginx go on, and the VIP stays where it is. Where it ends, nothing
 * that it found keeps the node out of the election.
 */
const unit = `# Made by nginx-ha.
[Unit]
Description=Makes the VIP lead to the MASTER, and probes nginx (nginx-ha)
After=network-online.target nginx-ha-firewall.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/bin/node --use-openssl-ca --max-old-space-size=48 /etc/nginx-ha/current/bin/agent.js
ExecStopPost=-/bin/sh -c 'echo 0 >${trackFile("hang")}'
User=nginx-ha-agent
Restart=always
RestartSec=1
RestartPreventExitStatus=78
WatchdogSec=60
NotifyAccess=all
RuntimeDirectory=nginx-ha-agent
MemoryMax=160M
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
`;

const tmpfiles = `# Made by nginx-ha.
p ${notifyFifo} 0660 root nginx-ha-agent -
`;
