/** The pair's nodes, in the order of their priorities. */
export const nodeNames = ["nginx-a", "nginx-b"] as const;
export type NodeName = (typeof nodeNames)[number];
