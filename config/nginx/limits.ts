import { z } from "zod";
import { name } from "../names";
import { between, range, requestKey } from "./text";

const counted = {
  name: name.meta({ description: "By which sites and routes refer to it." }),
  key: requestKey.default("address").meta({
    description:
      "What is counted by: address, host, uri, header:NAME, cookie:NAME. Requests without that header or cookie are not counted.",
  }),
  keys: between(100, 10_000_000)
    .default(16_000)
    .meta({ description: "How many keys are expected at a time: sizes the zone's memory." }),
  allow: z.array(range).default([]).meta({ description: "Addresses that are never limited." }),
};

/** Requests over time. Each node counts for itself, and a failover begins anew. */
export const rateLimit = z.strictObject({
  ...counted,
  rate: z
    .string()
    .regex(/^[1-9][0-9]{0,5}r\/[sm]$/, "must be requests per second or minute, e.g. 10r/s")
    .meta({ description: "Requests per second (10r/s) or minute (30r/m) of one key." }),
});

/** Requests, or connections without requests of several at once, at a time. */
export const connectionLimit = z.strictObject({
  ...counted,
  connections: between(1, 65_535).meta({ description: "How many of one key are served at a time." }),
});

const burst = z.strictObject({
  limit: name.meta({ description: "One of nginx.rateLimits." }),
  burst: between(0, 100_000)
    .default(0)
    .meta({ description: "Requests above the rate that are still taken; the next one gets 429." }),
  delay: between(0, 100_000).optional().meta({
    description: "How many of the burst are served at once; the rest waits its turn. Default: all of it.",
  }),
});

/** How a site or a route uses limits. */
export const limited = {
  rateLimits: z
    .array(burst)
    .optional()
    .meta({ description: "Rate limits; a route's own replace its site's." }),
  connectionLimits: z
    .array(name)
    .optional()
    .meta({ description: "Connection limits by name; a route's own replace its site's." }),
  limitDryRun: z
    .boolean()
    .optional()
    .meta({ description: "Limits refuse nothing, and only log what they would. Default: false." }),
};

export type RateLimit = z.output<typeof rateLimit>;
export type ConnectionLimit = z.output<typeof connectionLimit>;
export type UsedRateLimit = z.output<typeof burst>;
