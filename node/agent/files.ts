import type { AgentSettings } from "../claim";
import type { ReleaseFile } from "../release";
import { agentBundle } from "./bundle";

/** keepalived tells the agent of every change; the agent reads it with its own rights. */
export const notifyFifo = "/run/nginx-ha/vrrp.fifo";

/** What a release has of the agent: the program, its settings, its unit. */
export const agentFiles = (settings: AgentSettings): ReleaseFile[] => [
  { path: "agent.json", mode: "0644", content: `${JSON.stringify(settings, null, 2)}\n` },
  { path: "bin/agent.js", mode: "0644", content: agentBundle() },
  { path: "systemd/nginx-ha-agent.service", mode: "0644", content: unit },
  { path: "tmpfiles/nginx-ha-agent.conf", mode: "0644", content: tmpfiles },
];

/** Nothing waits for it: without it keepalived and nginx go on, and the VIP stays where it is. */
const unit = `# Made by nginx-ha.
[Unit]
Description=Moves the VIP by the EC2 API (nginx-ha)
After=network-online.target nginx-ha-firewall.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/node --use-openssl-ca --max-old-space-size=48 /etc/nginx-ha/current/bin/agent.js
User=nginx-ha-agent
Restart=always
RestartSec=1
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
