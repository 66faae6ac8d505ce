/** The peer's pinned host key, as OpenSSH's known_hosts names a port other than 22. */
export function knownHosts(peer: { address: string; sshPort: number; hostKey: string }): string {
  const host = peer.sshPort === 22 ? peer.address : `[${peer.address}]:${peer.sshPort}`;
  return `${host} ${peer.hostKey.split(" ").slice(0, 2).join(" ")}\n`;
}
