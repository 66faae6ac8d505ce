import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../lab/machines/exec";
import { type LabPlan, machineNamed } from "../lab/state/plan";

/** What a service takes while nothing happens. */
export interface Cost {
  /** Percent of one processor, the programs that it starts included. */
  processor: number;
  /** MB, resident. */
  memory: number;
}

/** Clock ticks a second, in which the kernel counts (proc(5)); the same on every Linux that Debian builds. */
const TICKS = 100;
/** utime, stime, and the same of ended children; then the resident pages. */
const ASK = (unit: string): string =>
  `pid=$(systemctl show --property MainPID --value ${unit}); sed 's/.*) //' /proc/$pid/stat | cut -d' ' -f12-15; awk '/VmRSS/ {print $2}' /proc/$pid/status`;

/** Watches a unit on a node for a while. */
export async function idleCost(plan: LabPlan, node: string, unit: string, seconds: number): Promise<Cost> {
  const look = async (): Promise<{ ticks: number; memory: number; at: number }> => {
    const { stdout } = await exec(plan, machineNamed(plan, node), ["sh", "-c", ASK(unit)]);
    const [times = "", resident = ""] = stdout.split("\n");
    const ticks = times.split(" ").reduce((sum, one) => sum + Number(one), 0);
    return { ticks, memory: Number(resident) / 1000, at: performance.now() };
  };
  const before = await look();
  await sleep(seconds * 1000);
  const after = await look();
  const elapsed = (after.at - before.at) / 1000;
  return { processor: ((after.ticks - before.ticks) / TICKS / elapsed) * 100, memory: after.memory };
}
