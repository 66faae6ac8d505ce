import type { MachineSpec } from "../state/plan";

/** The pair's lab: two empty nodes, two backends, and a client on the same segment. */
export const pairMachines: readonly MachineSpec[] = [
  { name: "nginx-a", host: 11, image: "node" },
  { name: "nginx-b", host: 12, image: "node" },
  { name: "backend-1", host: 21, image: "site" },
  { name: "backend-2", host: 22, image: "site" },
  { name: "client", host: 31, image: "site" },
];

export const nodeNames = ["nginx-a", "nginx-b"] as const;
export type NodeName = (typeof nodeNames)[number];
