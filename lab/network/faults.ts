import { labNames } from "../state/names";
import type { LabPlan } from "../state/plan";
import { removeTable, replaceTable, tables } from "./nft";
import { setPort } from "./port";

/** Something that is broken on the wire until it is undone; undoing twice does no harm. */
export interface Fault {
  name: string;
  undo: () => Promise<void>;
}

/** Pulls the machine's plug: it loses its carrier. */
export async function unplug(plan: LabPlan, machine: string): Promise<Fault> {
  await setPort(plan.id, machine, "down");
  return { name: `unplug ${machine}`, undo: async () => void (await setPort(plan.id, machine, "up")) };
}

/** Lets no frame pass between any machine of one side and any of the other; everybody else still reaches both. */
export function partition(plan: LabPlan, left: readonly string[], right: readonly string[]): Promise<Fault> {
  const name = `partition_${[...left, "from", ...right].join("_")}`;
  const there = left.flatMap((from) => right.map((to) => dropBetween(from, to)));
  const back = right.flatMap((from) => left.map((to) => dropBetween(from, to)));
  return filter(plan, name, [...there, ...back]);
}

/** Drops frames in one direction only: `to` no longer hears `from`. */
export function deafen(plan: LabPlan, to: string, from: string): Promise<Fault> {
  return filter(plan, `deafen_${to}_to_${from}`, [dropBetween(from, to)]);
}

/** Undoes every fault of this file, whoever left it. */
export async function healAll(plan: LabPlan): Promise<void> {
  const namespace = labNames(plan.id).segment;
  const faults = (await tables(namespace, "bridge")).filter((name) => name.startsWith(PREFIX));
  for (const name of faults) await removeTable({ namespace, family: "bridge", name });
  for (const machine of plan.machines) await setPort(plan.id, machine.name, "up");
}

const PREFIX = "fault_";

async function filter(plan: LabPlan, name: string, rules: readonly string[]): Promise<Fault> {
  const namespace = labNames(plan.id).segment;
  const table = { namespace, family: "bridge", name: PREFIX + name.replaceAll("-", "_") } as const;
  await replaceTable(table, faultChains(rules));
  return { name: name.replaceAll("_", " "), undo: async () => void (await removeTable(table)) };
}

/** The same rules for what the bridge forwards and for what the gateway itself receives and sends. */
export function faultChains(rules: readonly string[]): string {
  const chain = (hook: string) =>
    `  chain ${hook} {\n    type filter hook ${hook} priority 0; policy accept;\n    ${rules.join("\n    ")}\n  }`;
  return ["forward", "input", "output"].map(chain).join("\n");
}

function dropBetween(from: string, to: string): string {
  return `iifname "${from}" oifname "${to}" drop`;
}
