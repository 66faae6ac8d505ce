import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../host/wait";
import type { LabPlan, MachinePlan } from "../state/plan";
import { exec } from "./exec";

/** Waits until a machine answers on SSH. */
export async function waitForSsh(machine: MachinePlan, limitMs = 60_000): Promise<void> {
  await waitFor(`SSH on ${machine.name} (${machine.address}:22)`, limitMs, () => greets(machine.address), 30);
}

/** Waits until systemd has nothing left to start: all of an empty machine's units must be well. */
export async function waitForUnits(plan: LabPlan, machine: MachinePlan, limitMs = 60_000): Promise<void> {
  const argv = ["systemctl", "is-system-running", "--wait"];
  const { stdout } = await exec(plan, machine, argv, { timeoutMs: limitMs });
  if (stdout.trim() === "running") return;
  const failed = await exec(plan, machine, ["systemctl", "list-units", "--failed", "--plain", "--no-legend"]);
  throw new Error(`${machine.name} started, but systemd says "${stdout.trim()}":\n${failed.stdout}`);
}

/** Whether an SSH server says its name at this address. */
function greets(address: string): Promise<boolean> {
  const socket = connect({ host: address, port: 22 });
  const greeting = new Promise<boolean>((done) => {
    socket.once("data", (data) => done(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => done(false));
    socket.once("close", () => done(false));
  });
  return Promise.race([greeting, sleep(1_000, false, { ref: false })]).finally(() => socket.destroy());
}
