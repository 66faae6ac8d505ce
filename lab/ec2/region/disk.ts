import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../host/run";
import { machineId, resolvers, writeTree } from "../../machines/disk";
import { machineDirectory } from "../../machines/record";
import { apiAddress, apiNames, files, type RegionPlan } from "./plan";

const CERTIFICATES = "etc/ssl/certs/ca-certificates.crt";

/**
 * Makes the layers of a machine's disk. What it gets from the lab is what lies between a real image and the real
 * cloud: whom to trust, and where the API is.
 */
export async function createDisk(plan: RegionPlan, machine: string, image: string): Promise<void> {
  const directory = machineDirectory(plan, machine);
  for (const layer of ["upper", "work", "root"]) await mkdir(join(directory, layer), { recursive: true });
  const authority = await readFile(files(plan.directory).authority, "utf8");
  const known = await readFile(join(image, CERTIFICATES), "utf8");
  const client = machine === CLIENT;
  const upper = join(directory, "upper");
  await writeTree(upper, [
    { path: "etc/machine-id", text: `${machineId(plan.id, machine, 1)}\n`, mode: 0o444 },
    { path: "etc/hostname", text: `${machine}\n` },
    { path: "etc/hosts", text: hosts(plan, machine) },
    { path: "etc/resolv.conf", text: client ? await resolvers() : "nameserver 169.254.169.253\n" },
    { path: CERTIFICATES, text: `${known}${authority}` },
    { path: "usr/local/share/ca-certificates/lab.crt", text: authority },
  ]);
  // A client logs in nowhere, but its SSH server must start for the machine to be well.
  if (client) await hostKey(join(upper, "etc/ssh/ssh_host_ed25519_key"));
}

/** The machine on the Internet's side. */
export const CLIENT = "client";

function hosts(plan: RegionPlan, machine: string): string {
  const rows = ["127.0.0.1 localhost", `127.0.1.1 ${machine}`, "::1 localhost ip6-localhost ip6-loopback"];
  const services = `${apiAddress(plan)} ${apiNames(plan).join(" ")}`;
  return `${[...rows, services].join("\n")}\n`;
}

async function hostKey(path: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", randomUUID(), "-f", path]);
}
