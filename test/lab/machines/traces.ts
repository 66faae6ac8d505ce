import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { cgroup, cgroupExists } from "../../../lab/host/cgroups";
import { attempt } from "../../../lab/host/run";
import { labNames } from "../../../lab/state/names";
import type { LabPlan } from "../../../lab/state/plan";

/** Everything on this machine that carries the lab's id or its addresses, one line each. */
export async function traces(
  plan: Pick<LabPlan, "id" | "directory"> & { subnet: { prefix: string } },
): Promise<string[]> {
  const { namespaces, hostLink, table, cgroup: group, rejectMetric } = labNames(plan.id);
  const found = await Promise.all([
    matching("process", await processes(), namespaces),
    matching("namespace", await lines(["ip", "netns", "list"]), namespaces),
    matching("link", await lines(["ip", "-brief", "link"]), hostLink),
    matching("route", await lines(["ip", "route"]), `${plan.subnet.prefix}.`),
    matching("route", await lines(["ip", "route"]), `metric ${rejectMetric}`),
    matching("nft", await lines(["nft", "list", "ruleset"]), table),
    matching("mount", await mounts(), plan.directory),
    matching("registry", await text("/run/nginx-ha-lab/labs.json"), plan.id),
  ]);
  if (cgroupExists(await cgroup(group))) found.push([`cgroup: ${group}`]);
  if (existsSync(plan.directory)) found.push([`folder: ${plan.directory}`]);
  return found.flat();
}

function matching(kind: string, all: readonly string[], part: string): string[] {
  return all.filter((line) => line.includes(part)).map((line) => `${kind}: ${line.trim()}`);
}

async function lines(argv: readonly string[]): Promise<string[]> {
  return (await attempt(argv)).stdout.split("\n");
}

async function processes(): Promise<string[]> {
  const commands = await Promise.all((await pids()).map((pid) => text(`/proc/${pid}/cmdline`)));
  return commands.flat().map((command) => command.replaceAll("\0", " "));
}

async function mounts(): Promise<string[]> {
  return (await Promise.all((await pids()).map((pid) => text(`/proc/${pid}/mountinfo`)))).flat();
}

async function pids(): Promise<string[]> {
  return (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
}

async function text(path: string): Promise<string[]> {
  return (await readFile(path, "utf8").catch(() => "")).split("\n");
}
