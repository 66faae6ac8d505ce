import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostConfig } from "../config/hosts";
import { knownHosts } from "../node/sync/known-hosts";
import { type RunResult, run } from "./run";

/**
 * Runs a shell on a node with the stack's key and its pinned host key; the script goes over stdin.
 * The key lies in a directory that only this user can read, for as long as the command runs.
 * Exit code 255: SSH itself failed.
 */
export async function runOnNode(
  { ssh, address }: HostConfig,
  privateKey: string,
  script: string,
  limitS: number,
): Promise<RunResult> {
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-"));
  try {
    const host = ssh.host ?? address;
    const key = join(directory, "key");
    const known = join(directory, "known_hosts");
    await writeFile(key, privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`, { mode: 0o600 });
    await writeFile(known, knownHosts({ address: host, sshPort: ssh.port, hostKey: ssh.hostKey }));
    const options = {
      UserKnownHostsFile: known,
      GlobalKnownHostsFile: "none",
      StrictHostKeyChecking: "yes",
      IdentitiesOnly: "yes",
      BatchMode: "yes",
      ConnectTimeout: "5",
      LogLevel: "ERROR",
    };
    const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    const sudo = ssh.user === "root" ? [] : ["sudo", "-n"];
    const argv = ["ssh", "-F", "none", "-i", key, ...flags, "-p", `${ssh.port}`, `${ssh.user}@${host}`];
    return await run([...argv, ...sudo, "timeout", `${limitS}`, "bash", "-s"], {
      stdin: script,
      limitS: limitS + 15,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
