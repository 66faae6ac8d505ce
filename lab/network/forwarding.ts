import { readFile, writeFile } from "node:fs/promises";
import { updateRegistry } from "../state/slots";

const SWITCH = "/proc/sys/net/ipv4/ip_forward";

/** Lets the host forward packets, and notes how it was before the first lab. */
export async function enableForwarding(): Promise<void> {
  await updateRegistry(async (registry) => {
    const now = (await readFile(SWITCH, "utf8")).trim();
    if (now === "1") return;
    registry.forwardingBefore ??= now;
    await writeFile(SWITCH, "1");
  });
}

/** Takes a lab out of the registry; with the last one goes the forwarding that labs had switched on. */
export async function unregisterLab(id: string): Promise<void> {
  await updateRegistry(async (registry) => {
    delete registry.labs[id];
    if (Object.keys(registry.labs).length > 0 || registry.forwardingBefore === null) return;
    await writeFile(SWITCH, registry.forwardingBefore);
  });
}
