import { z } from "zod";
import { port } from "../names";
import { acme } from "./acme";
import { connectionLimit, rateLimit } from "./limits";
import { awsPool, pool } from "./pools";
import { HTTP_PORT } from "./ports";
import { before, process } from "./process";
import { route } from "./routes";
import { site } from "./sites";
import { stream } from "./streams";
import { certificate, tls } from "./tls";

/** What nginx serves, from pools of this kind. Rules across keys: rules/nginx/. */
const nginxWith = <P extends z.ZodType>(onePool: P) =>
  z.strictObject({
    port: port.default(HTTP_PORT).meta({ description: "The port that nginx listens on." }),
    pools: z.array(onePool).default([]).meta({ description: "The upstreams." }),
    routes: z
      .array(route)
      .min(1, "must have at least one route")
      .optional()
      .meta({ description: "Which path goes to which pool, for every name that no site has." }),
    sites: z.array(site).default([]).meta({ description: "Sites by their names." }),
    certificates: z
      .array(certificate)
      .default([])
      .meta({ description: "What sites prove their names with." }),
    acme: acme.optional(),
    tls,
    rateLimits: z
      .array(rateLimit)
      .default([])
      .meta({ description: "Requests over time; each node counts for itself, anew after a failover." }),
    connectionLimits: z
      .array(connectionLimit)
      .default([])
      .meta({ description: "Requests at a time; each node counts for itself." }),
    ...before,
    streams: z.array(stream).default([]).meta({ description: "TCP and UDP as they are." }),
    ...process,
  });

export const hostsNginx = nginxWith(pool);
export const awsNginx = nginxWith(awsPool);

export type NginxConfig = z.output<typeof hostsNginx>;
export type AwsNginxConfig = z.output<typeof awsNginx>;
