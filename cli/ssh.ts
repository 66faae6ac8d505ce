import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Login, ReachableNode } from "../config/inventory";
import { knownHosts } from "../node/sync/known-hosts";
import { type RunResult, run, runInteractive } from "./run";

/**
 * Runs a shell as root on a node, through the bastion where there is one; the script goes over stdin.
 * Exit code 255: SSH itself failed.
 */
export const runOnNode = (node: ReachableNode, script: string, limitS: number): Promise<RunResult> =>
  withSsh(node, (ssh) =>
    run([...ssh, "-o", "BatchMode=yes", NODE, ...sudo(node), "timeout", `${limitS}`, "bash", "-s"], {
      stdin: script,
      limitS: limitS + 15,
    }),
  );

/** Hands this terminal over to a node: to a command, or to a shell. The answer is the exit code. */
export const openOnNode = (node: ReachableNode, command: readonly string[]): Promise<number> =>
  withSsh(node, (ssh) => runInteractive([...ssh, NODE, ...(command.length > 0 ? ["--", ...command] : [])]));

const NODE = "node";
const PROXY = "proxy";

const sudo = ({ ssh }: ReachableNode): string[] => (ssh.user === "root" ? [] : ["sudo", "-n"]);

/** Keys and pinned host keys lie where only this user can read them, for as long as `work` runs. */
async function withSsh<T>(node: ReachableNode, work: (ssh: string[]) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-"));
  try {
    const { proxy } = node.ssh;
    const hosts = [
      await section(directory, NODE, node.ssh, proxy && PROXY),
      ...(proxy ? [await section(directory, PROXY, proxy)] : []),
    ];
    const file = join(directory, "config");
    await writeFile(file, hosts.join("\n"));
    return await work(["ssh", "-F", file]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** One `Host` of ssh_config, with its files. */
async function section(directory: string, name: string, login: Login, jump?: string): Promise<string> {
  const { host, port, user, hostKey, privateKey } = login;
  const key = join(directory, `${name}-key`);
  const known = join(directory, `${name}-known-hosts`);
  await writeFile(key, privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`, { mode: 0o600 });
  await writeFile(known, knownHosts({ address: host, sshPort: port, hostKey }));
  const options = {
    HostName: host,
    Port: port,
    User: user,
    IdentityFile: key,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: known,
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: 5,
    LogLevel: "ERROR",
    ...(jump && { ProxyJump: jump }),
  };
  const lines = Object.entries(options).map(([option, value]) => `  ${option} ${value}`);
  return [`Host ${name}`, ...lines, ""].join("\n");
}
