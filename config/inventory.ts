import { z } from "zod";

const login = z.object({
  host: z.string(),
  port: z.int(),
  user: z.string(),
  /** Its ed25519 host key: type and key, without a comment. */
  hostKey: z.string(),
  privateKey: z.string(),
});

const reachable = z.object({
  name: z.string(),
  ssh: login.extend({
    /** The bastion on the way to it. */
    proxy: login.optional(),
  }),
});

/** How an operator reaches the nodes of a stack: its secret output `inventory`. */
export const inventory = z.object({ nodes: z.array(reachable) });

export type Inventory = z.output<typeof inventory>;
export type ReachableNode = z.output<typeof reachable>;
export type Login = z.output<typeof login>;
