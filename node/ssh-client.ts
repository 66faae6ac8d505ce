import type { Login } from "../config/inventory";
import { knownHosts } from "./sync/known-hosts";

/** How ssh_config calls the machine, and the bastion on the way to it. */
export const NODE = "node";
const PROXY = "proxy";

/**
 * What OpenSSH's client needs to reach a machine, by file name: `config`, keys, pinned host keys. For a directory that
 * nobody else can read.
 * @param directory where the files will lie, as the client is to find them
 */
export function sshClientFiles(
  { proxy, ...login }: Login & { proxy?: Login },
  directory: string,
): Record<string, string> {
  const sections = [section(directory, NODE, login, proxy && PROXY)];
  if (proxy) sections.push(section(directory, PROXY, proxy));
  return Object.assign(
    { config: sections.map(({ text }) => text).join("\n") },
    ...sections.map((one) => one.files),
  );
}

/** One `Host` of ssh_config, with its files. */
function section(directory: string, name: string, login: Login, jump?: string) {
  const { host, port, user, hostKey, privateKey } = login;
  const [key, known] = [`${name}-key`, `${name}-known-hosts`];
  const options = {
    HostName: host,
    Port: port,
    User: user,
    IdentityFile: `${directory}/${key}`,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: `${directory}/${known}`,
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: 5,
    LogLevel: "ERROR",
    ...(jump && { ProxyJump: jump }),
  };
  const lines = Object.entries(options).map(([option, value]) => `  ${option} ${value}`);
  return {
    text: [`Host ${name}`, ...lines, ""].join("\n"),
    files: {
      [key]: privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`,
      [known]: knownHosts({ address: host, sshPort: port, hostKey }),
    },
  };
}
