import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReachableNode } from "../config/inventory";
import { NODE, sshClientFiles } from "../node/ssh-client";
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

const sudo = ({ ssh }: ReachableNode): string[] => (ssh.user === "root" ? [] : ["sudo", "-n"]);

/** Keys and pinned host keys lie where only this user can read them, for as long as `work` runs. */
async function withSsh<T>(node: ReachableNode, work: (ssh: string[]) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-"));
  try {
    for (const [name, text] of Object.entries(sshClientFiles(node.ssh, directory)))
      await writeFile(join(directory, name), text, { mode: 0o600 });
    return await work(["ssh", "-F", join(directory, "config")]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
