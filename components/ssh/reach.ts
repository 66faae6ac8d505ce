import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type ReachableNode, sshAccess } from "../../config/inventory";
import { sshClient } from "../../node/ssh-client";
import type { Machine } from "../machine";
import { IN_PRIVATE_DIRECTORY } from "./private-directory";

/** Seconds in which a machine that was just made must take the login. */
const LIMIT_S = 600;

/**
 * Waits until a machine behind a bastion takes the login. The command provider dials the bastion until that answers,
 * but what is behind it only once (pulumi-command 1.2.1, remote/connection.go), and a machine that boots refuses
 * everybody but root for a while (pam_nologin). So OpenSSH tries, on the machine that runs Pulumi.
 */
export function untilReached(
  name: string,
  machine: Machine,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const files = pulumi.output(machine.connection).apply((ssh) => reachFiles(sshAccess.parse(ssh)));
  return new local.Command(
    name,
    {
      create: reachScript(machine.name, LIMIT_S),
      stdin: pulumi.secret(files.apply(fileLines)),
      triggers: [machine.id],
      logging: local.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { ...opts, customTimeouts: { create: "12m", update: "12m" } },
  );
}

/** What the script finds beside itself. */
export function reachFiles(ssh: ReachableNode["ssh"]): Record<string, string> {
  const { config, files } = sshClient("node", ssh, ".");
  return { config, ...files };
}

/** A line each: name, content in base64. */
export const fileLines = (files: Record<string, string>): string =>
  Object.entries(files)
    .map(([name, text]) => `${name} ${Buffer.from(text).toString("base64")}\n`)
    .join("");

/** Reads the client's files, and tries until the limit is over; what ssh said last is the reason. */
export const reachScript = (node: string, limitS: number): string =>
  [
    ...IN_PRIVATE_DIRECTORY,
    'cd "$directory"',
    'while read -r name content; do echo "$content" | base64 --decode >"$name"; done',
    `end=$(($(date +%s) + ${limitS}))`,
    "until ssh -F config -o BatchMode=yes node true </dev/null >said 2>&1; do",
    `  if [ "$(date +%s)" -ge "$end" ]; then echo "${node}: waited ${limitS} s until it takes SSH through the bastion, which says: $(tail -n 1 said | tr -d "\\r")" >&2; exit 1; fi`,
    "  sleep 2",
    "done",
  ].join("\n");
