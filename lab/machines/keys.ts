import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readText, removeTree, writeAtomically } from "../host/files";
import { run } from "../host/run";
import type { LabPlan } from "../state/plan";
import { machineDirectory } from "./record";

/** The private key with which the lab's owner logs in to every machine as root. */
export function loginKey(plan: LabPlan): string {
  return join(plan.directory, "ssh", "id_ed25519");
}

/** The host keys of all machines, in the form that ssh reads. */
export function knownHosts(plan: LabPlan): string {
  return join(plan.directory, "ssh", "known_hosts");
}

/** The private host key of a machine; the public one is beside it. */
export function hostKey(plan: LabPlan, machine: string): string {
  return join(machineDirectory(plan, machine), "ssh_host_ed25519_key");
}

/** The public host key of a machine, as it stands in known_hosts after the address. */
export async function hostPublicKey(plan: LabPlan, machine: string): Promise<string> {
  const text = await readFile(`${hostKey(plan, machine)}.pub`, "utf8");
  return text.trim().split(" ").slice(0, 2).join(" ");
}

/** Makes an ed25519 key pair unless it is there; returns the public line. */
export async function ensureKey(path: string, comment: string): Promise<string> {
  const existing = await readText(`${path}.pub`);
  if (existing && (await readText(path))) return existing;
  await mkdir(dirname(path), { recursive: true });
  await removeTree(path);
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path]);
  return readFile(`${path}.pub`, "utf8");
}

/** Writes known_hosts anew from the machines' keys. */
export async function writeKnownHosts(plan: LabPlan): Promise<void> {
  const lines = await Promise.all(
    plan.machines.map(async ({ name, address }) => {
      const key = await hostPublicKey(plan, name).catch(() => undefined);
      return key ? `${address} ${key}\n` : "";
    }),
  );
  await writeAtomically(knownHosts(plan), lines.join(""));
}

/** The ssh command that logs in to a machine as root, with its host key checked. */
export function sshCommand(plan: LabPlan, address: string): string[] {
  const options = [
    `UserKnownHostsFile="${knownHosts(plan)}"`,
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
    "IdentitiesOnly=yes",
    "BatchMode=yes",
    "ConnectTimeout=5",
  ];
  return [
    "ssh",
    "-F",
    "/dev/null",
    "-i",
    loginKey(plan),
    ...options.flatMap((option) => ["-o", option]),
    `root@${address}`,
  ];
}
