import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readText, removeTree } from "../host/files";
import type { LabPlace, LabPlan, MachinePlan } from "../state/plan";
import { ensureKey, hostKey, loginKey } from "./keys";
import { machineDirectory } from "./record";

/** Makes the layers of a machine's disk, and writes what a new machine has to know about itself. */
export async function createDisk(plan: LabPlan, machine: MachinePlan, incarnation: number): Promise<void> {
  const directory = machineDirectory(plan, machine.name);
  for (const layer of ["upper", "work", "root"]) await mkdir(join(directory, layer), { recursive: true });
  const publicKey = await ensureKey(hostKey(plan, machine.name), machine.name);
  const login = await readFile(`${loginKey(plan)}.pub`, "utf8");
  const upper = join(directory, "upper");
  await writeTree(upper, [
    { path: "etc/machine-id", text: `${machineId(plan.id, machine.name, incarnation)}\n`, mode: 0o444 },
    { path: "etc/hostname", text: `${machine.name}\n` },
    { path: "etc/hosts", text: hosts(plan, machine) },
    { path: "etc/resolv.conf", text: await resolvers() },
    { path: "etc/ssh/ssh_host_ed25519_key.pub", text: publicKey },
    { path: "root/.ssh/authorized_keys", text: login, mode: 0o600 },
  ]);
  await chmod(join(upper, "root"), 0o700);
  await chmod(join(upper, "root/.ssh"), 0o700);
  const privateKey = join(upper, "etc/ssh/ssh_host_ed25519_key");
  await copyFile(hostKey(plan, machine.name), privateKey);
  await chmod(privateKey, 0o600);
}

/** Throws the machine's files and its identity away. */
export async function removeDisk(plan: LabPlan, machine: string): Promise<void> {
  const directory = machineDirectory(plan, machine);
  for (const part of ["upper", "work", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"]) {
    await removeTree(join(directory, part));
  }
}

/** After a power cut, lets a volatile overlay be mounted again: the host lived on, so nothing was lost. */
export async function forgetPowerCut(plan: LabPlace, machine: string): Promise<void> {
  await removeTree(join(machineDirectory(plan, machine), "work", "work", "incompat"));
}

export function machineId(id: string, machine: string, incarnation: number): string {
  return createHash("sha256").update(`${id} ${machine} ${incarnation} machine-id`).digest("hex").slice(0, 32);
}

function hosts(plan: LabPlan, self: MachinePlan): string {
  const others = plan.machines.filter((machine) => machine.name !== self.name);
  const rows = [`127.0.0.1 localhost`, `127.0.1.1 ${self.name}`, "::1 localhost ip6-localhost ip6-loopback"];
  return `${[...rows, ...others.map(({ name, address }) => `${address} ${name}`)].join("\n")}\n`;
}

/** The host's name servers; a stub on its loopback cannot be reached from a machine, so what the stub asks. */
export async function resolvers(): Promise<string> {
  const own = (await readText("/etc/resolv.conf")) ?? "";
  if (!/^nameserver\s+127\./m.test(own)) return own;
  return (await readText("/run/systemd/resolve/resolv.conf")) ?? own;
}

export async function writeTree(
  root: string,
  files: readonly { path: string; text: string; mode?: number }[],
) {
  for (const { path, text, mode = 0o644 } of files) {
    const target = join(root, path);
    await mkdir(join(target, ".."), { recursive: true, mode: 0o755 });
    await removeTree(target);
    await writeFile(target, text, { mode });
  }
}
