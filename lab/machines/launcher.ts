import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { type Cgroup, createCgroup } from "../host/cgroups";
import { childrenOf, identify, isAlive, isInit, type ProcessId } from "../host/processes";
import { startDetached } from "../host/sessions";
import { waitFor } from "../host/wait";
import { machineNamespace } from "../state/names";
import type { LabPlace, MachinePlan } from "../state/plan";
import { machineDirectory } from "./record";

/**
 * Runs in a mount namespace of its own, so that the machine's mounts end with its last process; the tmpfs keeps
 * systemd-nspawn's lock files from staying on the host after a power cut. Every step is an exec or a built-in:
 * the process number that we were given stays that of systemd-nspawn.
 */
const LAUNCH = `set -e
cd "$1"; layers=$2; shift 2
while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done
shift
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
mount -t overlay overlay -o "$layers" root
exec "$@"
`;

/** /proc/sys/net is the machine's own, so the machine may write it, as a real one does. */
const ENVIRONMENT = {
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
  SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network",
};

/** The command that is the machine's power supply. */
function nspawnCommand(plan: LabPlace, machine: Pick<MachinePlan, "name">): string[] {
  const namespace = machineNamespace(plan.id, machine.name);
  return [
    "systemd-nspawn",
    "--quiet",
    "--boot",
    "--directory=root",
    `--machine=${namespace}`,
    `--hostname=${machine.name}`,
    `--network-namespace-path=/run/netns/${namespace}`,
    "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
    "--rlimit=NOFILE=1024:524288",
    "--register=no",
    "--keep-unit",
    "--settings=no",
    "--link-journal=no",
    "--resolv-conf=off",
    "--timezone=off",
    "--console=read-only",
  ];
}

/** Switches a machine on; it lives on when this process ends. */
export async function launch(
  plan: LabPlace,
  machine: Pick<MachinePlan, "name">,
  image: string,
  group: Cgroup,
): Promise<ProcessId> {
  const directory = machineDirectory(plan, machine.name);
  await createCgroup(group);
  const layers = `lowerdir=${escapeLayer(image)},upperdir=upper,workdir=work,volatile`;
  const script = ["sh", "-c", LAUNCH, "launch", directory, layers, ...group.directories, "--"];
  const argv = ["unshare", "--mount", "--propagation", "private", ...script, ...nspawnCommand(plan, machine)];
  const log = openSync(join(directory, "console.log"), "w");
  try {
    const pid = startDetached(argv, log, ENVIRONMENT);
    const id = identify(pid);
    if (!id) throw new Error(`the machine ${machine.name} ended at once: see ${directory}/console.log`);
    return id;
  } finally {
    closeSync(log);
  }
}

/** PID 1 of the machine, as the host numbers it; nothing while there is none. */
export async function leaderOf(supervisor: ProcessId): Promise<number | undefined> {
  if (!isAlive(supervisor)) return undefined;
  for (const child of await childrenOf(supervisor.pid)) if (await isInit(child)) return child;
  return undefined;
}

/** Waits until the machine has a PID 1. */
export async function waitForLeader(supervisor: ProcessId, what: string): Promise<number> {
  return waitFor(`PID 1 of ${what}`, 15_000, async () => {
    if (!isAlive(supervisor)) throw new Error(`${what} ended while it started: its console.log says why`);
    return leaderOf(supervisor);
  });
}

/** overlayfs separates its options and layers with these characters. */
function escapeLayer(path: string): string {
  return path.replace(/[\\,:]/g, "\\$&");
}
