import type { NodePlace } from "../settings";

/** How OpenSSH's client reaches the peer's synchronisation: with its own key, and the host key that is pinned. */
export const sshConfig = ({
  address,
  sshPort,
}: Pick<NodePlace, "address" | "sshPort">): string => `# Made by nginx-ha.
Host peer
  HostName ${address}
  Port ${sshPort}
  User nginx-ha
  IdentityFile /etc/nginx-ha/keys/sync
  IdentitiesOnly yes
  UserKnownHostsFile /etc/nginx-ha/current/sync/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  BatchMode yes
  RequestTTY no
  ConnectTimeout 2
  ServerAliveInterval 3
  ServerAliveCountMax 2
  LogLevel ERROR
`;
