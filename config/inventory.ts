import { z } from "zod";

const login = z.object({
  host: z.string(),
  port: z.int(),
  user: z.string(),
  /** Its ed25519 host key: type and key, without a comment. */
  hostKey: z.string(),
  privateKey: z.string(),
});

/** How SSH reaches a machine. */
export const sshAccess = login.extend({
  /** The bastion on the way to it. */
  proxy: login.optional(),
});

const reachable = z.object({ name: z.string(), zone: z.string().default("-"), ssh: sshAccess });

/** How an operator reaches the nodes of a stack: its secret output `inventory`. */
export const inventory = z.object({
  /** The pair's name. */
  name: z.string().default("pair"),
  vip: z.string().default("-"),
  /** Where clients connect. */
  port: z.int().default(80),
  /** People depend on it: nobody drills it without saying so. */
  production: z.boolean().default(false),
  /** The first has priority 254, the second 253. */
  nodes: z.array(reachable).length(2),
});

export type Inventory = z.output<typeof inventory>;
export type ReachableNode = z.output<typeof reachable>;
export type Login = z.output<typeof login>;
