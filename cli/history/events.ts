import { z } from "zod";
import { statusReport } from "../status/report";

const time = z.number().meta({ description: "Milliseconds since the epoch." });

const run = z.object({
  t: z.literal("run"),
  version: z.literal(1),
  kind: z.literal("drill"),
  at: time,
  pair: z.string(),
  vip: z.string(),
  nodes: z.array(z.string()).length(2),
  mode: z.string().meta({ description: "arp, elasticIp, secondaryPrivateIp or overlayRoute." }),
  advertMs: z.number().meta({ description: "Milliseconds between two VRRP adverts." }),
  drainS: z
    .number()
    .default(0)
    .meta({ description: "Seconds that a node which is stopped waits for established connections." }),
  /** Milliseconds between two new connections. */
  intervalMs: z.number(),
  from: z.string().meta({ description: "Where the prober ran." }),
  url: z.string(),
  faults: z.array(z.string()),
  ranOn: z.record(z.string(), z.string()).meta({ description: "What the nodes say of themselves." }),
});

const probe = z.object({
  t: z.literal("probe"),
  start: time,
  end: time,
  status: z.int(),
  connected: z.boolean().optional(),
  backend: z.string().optional(),
  error: z.string().optional(),
});

const node = z.object({
  t: z.literal("node"),
  node: z.string(),
  at: time.meta({ description: "By the node's own clock." }),
  seen: time.meta({ description: "When we read it." }),
  vrrp: z.string(),
  held: z.boolean(),
  nginx: z.boolean(),
  tracks: z.string(),
  config: z.string(),
});

const beat = z.object({ t: z.literal("beat"), node: z.string(), at: time, seen: time });
const lost = z.object({ t: z.literal("lost"), node: z.string(), seen: time });
const cut = z.object({ t: z.literal("cut"), at: time, error: z.string() });
const prober = z.object({
  t: z.literal("prober"),
  at: time,
  event: z.enum(["start", "end"]),
  heldAnswers: z
    .number()
    .optional()
    .meta({ description: "At the end: answers on the connections that it held, all together." }),
  longestHeldMs: z
    .number()
    .optional()
    .meta({ description: "At the end: the longest wait for an answer on a connection that it held." }),
});

/** The steps of a fault: what we did, and when. */
const step = z.object({
  t: z.literal("step"),
  at: time,
  fault: z.string(),
  node: z.string(),
  step: z.enum([
    "begin",
    "inject",
    "injected",
    "moved",
    "undo",
    "undone",
    "not-undone",
    "healed",
    "skipped",
    "gave-up",
    "end",
  ]),
  why: z.string().optional(),
});

const status = z.object({ t: z.literal("status"), at: time, report: statusReport });
const end = z.object({ t: z.literal("end"), at: time, why: z.string().optional() });

/** One line of a history: what was done and what was seen, before anybody judges. */
export const event = z.discriminatedUnion("t", [
  run,
  probe,
  node,
  beat,
  lost,
  cut,
  prober,
  step,
  status,
  end,
]);

export type Event = z.output<typeof event>;
export type RunEvent = z.output<typeof run>;
export type NodeEvent = z.output<typeof node>;
export type StepEvent = z.output<typeof step>;
