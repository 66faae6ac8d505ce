import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onExit } from "signal-exit";
import type { ReachableNode } from "../config/inventory";
import { quoted } from "../node/shell";
import { sshClient } from "../node/ssh-client";
import { type Running, type RunOptions, type RunResult, run, runInteractive, startCommand } from "./run";

/** A node while its keys lie ready. Exit code 255 of whatever runs there: SSH itself failed. */
export interface Remote {
  name: string;
  /**
   * Runs a shell script as root; the script goes over stdin.
   * @param how.slackS seconds that the connection may take on top. @default 15
   */
  run(
    script: string,
    limitS: number,
    how?: { slackS?: number } & Pick<RunOptions, "signal" | "apart">,
  ): Promise<RunResult>;
  /** Starts a command as root that lives as long as its stdin is open, at most `limitS` seconds. */
  start(argv: readonly string[], limitS: number): Promise<Running>;
}

/** Runs a shell as root on a node, through the bastion where there is one. */
export const runOnNode = (node: ReachableNode, script: string, limitS: number): Promise<RunResult> =>
  withNodes([node], ([remote]) => (remote as Remote).run(script, limitS));

/** Hands this terminal over to a node: to a command, or to a shell. The answer is the exit code. */
export const openOnNode = (node: ReachableNode, command: readonly string[]): Promise<number> =>
  withKeys([node], ([ssh]) =>
    runInteractive([...(ssh?.() ?? []), ...(command.length > 0 ? ["--", ...command] : [])]),
  );

/** Keys and pinned host keys lie where only this user can read them, for as long as `work` runs. */
export const withNodes = <T>(
  nodes: readonly ReachableNode[],
  work: (remotes: Remote[]) => Promise<T>,
): Promise<T> =>
  withKeys(nodes, (commands) =>
    work(
      nodes.map((node, index) => {
        const ssh = commands[index]?.("-o", "BatchMode=yes") ?? [];
        return remoteOf(node, [...ssh, ...sudo(node)]);
      }),
    ),
  );

function remoteOf({ name }: ReachableNode, ssh: string[]): Remote {
  return {
    name,
    run: (script, limitS, { slackS = 15, ...how } = {}) =>
      run([...ssh, "timeout", `${limitS}`, "bash", "-s"], { stdin: script, limitS: limitS + slackS, ...how }),
    start: (argv, limitS) =>
      startCommand([...ssh, "timeout", `${limitS}`, ...argv.map(quoted)], { limitS: limitS + 15 }),
  };
}

const sudo = ({ ssh }: ReachableNode): string[] => (ssh.user === "root" ? [] : ["sudo", "-n"]);

/** The ssh commands that lead to the nodes; the directory goes even when this process is told to end. */
async function withKeys<T>(
  nodes: readonly ReachableNode[],
  work: (commands: ((...options: string[]) => string[])[]) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "nginx-ha-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = onExit(remove);
  try {
    const clients = nodes.map(({ ssh }, index) => sshClient(nodeAlias(index), ssh, directory));
    const file = join(directory, "config");
    for (const { files } of clients)
      for (const [name, text] of Object.entries(files))
        await writeFile(join(directory, name), text, { mode: 0o600 });
    await writeFile(file, clients.map(({ config }) => config).join("\n"));
    return await work(
      nodes.map((_, index) => (...options) => ["ssh", "-F", file, ...options, nodeAlias(index)]),
    );
  } finally {
    remove();
    forget();
  }
}

const nodeAlias = (index: number): string => `node-${index}`;
