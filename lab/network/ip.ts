import { attempt, run } from "../host/run";

/** Arguments of one `ip` command, without the word ip. */
export type IpCommand = readonly string[];

/** Runs several `ip` commands in one process, in the host's namespace or another. */
export async function ip(namespace: string | undefined, commands: readonly IpCommand[]): Promise<void> {
  const argv = ["ip", ...inNamespace(namespace), "-batch", "-"];
  await run(argv, {
    stdin: `${commands.map((command) => command.join(" ")).join("\n")}\n`,
    timeoutMs: 15_000,
  });
}

/** Runs one `ip` command whose object may be gone already; says whether it did something. */
export async function tryIp(namespace: string | undefined, command: IpCommand): Promise<boolean> {
  const argv = ["ip", ...inNamespace(namespace), ...command];
  return (await attempt(argv, { timeoutMs: 15_000 })).exitCode === 0;
}

/** The answer of an `ip` command as rows. */
export async function ipRows(namespace: string | undefined, command: IpCommand): Promise<unknown[]> {
  const { exitCode, stdout } = await attempt(["ip", ...inNamespace(namespace), "-json", ...command]);
  return exitCode === 0 && stdout.trim() ? (JSON.parse(stdout) as unknown[]) : [];
}

/** Names of the network namespaces that start so. */
export async function namespaces(prefix: string): Promise<string[]> {
  const rows = (await ipRows(undefined, ["netns", "list"])) as { name: string }[];
  return rows.map((row) => row.name).filter((name) => name.startsWith(prefix));
}

/** Whether an interface is there. */
export async function hasLink(namespace: string | undefined, name: string): Promise<boolean> {
  return tryIp(namespace, ["link", "show", "dev", name]);
}

const WRITE = 'while [ $# -gt 0 ]; do [ ! -e "/proc/sys/$1" ] || echo "$2" > "/proc/sys/$1"; shift 2; done';

/** Sets network parameters of a namespace; those that the kernel does not have are left out. */
export async function setSysctls(namespace: string, values: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(values).flat();
  await run(["ip", "netns", "exec", namespace, "sh", "-c", WRITE, "sysctl", ...pairs], { timeoutMs: 15_000 });
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ["-netns", namespace];
}
