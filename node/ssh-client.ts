import type { Login } from "../config/inventory";
import { knownHosts } from "./sync/known-hosts";

/** What OpenSSH's client needs to reach a machine: its sections of ssh_config, and the files that they name. */
export interface SshClient {
  config: string;
  /** Keys and pinned host keys, by file name: for a directory that nobody else can read. */
  files: Record<string, string>;
}

/**
 * A machine, and the bastion on the way to it where there is one.
 * @param alias how ssh_config calls the machine
 * @param directory where the files will lie, as the client is to find them
 */
export function sshClient(
  alias: string,
  { proxy, ...login }: Login & { proxy?: Login },
  directory: string,
): SshClient {
  const bastion = `${alias}-proxy`;
  const one = section(directory, alias, login, proxy && bastion);
  if (!proxy) return one;
  const other = section(directory, bastion, proxy);
  return { config: `${one.config}\n${other.config}`, files: { ...one.files, ...other.files } };
}

/** One `Host` of ssh_config, with its files. */
function section(directory: string, name: string, login: Login, jump?: string): SshClient {
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
    ServerAliveInterval: 2,
    ServerAliveCountMax: 3,
    LogLevel: "ERROR",
    ...(jump && { ProxyJump: jump }),
  };
  const lines = Object.entries(options).map(([option, value]) => `  ${option} ${value}`);
  return {
    config: [`Host ${name}`, ...lines, ""].join("\n"),
    files: {
      [key]: privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`,
      [known]: knownHosts({ address: host, sshPort: port, hostKey }),
    },
  };
}
