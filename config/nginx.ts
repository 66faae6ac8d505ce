import { z } from "zod";
import { host } from "./addresses";
import { backendInstances } from "./aws";
import { port, upstreamName } from "./names";

const seconds = z.number().min(0.1, "must be 0.1 to 3600 seconds").max(3600, "must be 0.1 to 3600 seconds");

const server = z.strictObject({
  address: host.meta({ description: "The backend's address or name." }),
  port: port.default(80).meta({ description: "The backend's port." }),
  weight: z
    .int()
    .min(1, "must be 1 to 1000")
    .max(1000, "must be 1 to 1000")
    .default(1)
    .meta({ description: "Its share of the requests." }),
});

const pool = z.strictObject({
  name: upstreamName.meta({ description: "The nginx upstream's name." }),
  servers: z
    .array(server)
    .min(1, "must have at least one server")
    .meta({ description: "The backends, in turn." }),
  keepalive: z
    .int()
    .min(1, "must be 1 to 1024")
    .max(1024, "must be 1 to 1024")
    .default(32)
    .meta({ description: "Idle connections to the pool that each worker keeps open." }),
  maxFails: z
    .int()
    .min(0, "must be 0 or more")
    .default(3)
    .meta({ description: "Failures that take a server out (0: never)." }),
  failTimeout: z
    .int()
    .min(1, "must be 1 to 3600 seconds")
    .max(3600, "must be 1 to 3600 seconds")
    .default(10)
    .meta({ description: "Seconds in which maxFails count, and for which the server stays out." }),
});

/** On EC2 the backends may be made, too. */
const awsPool = pool.extend({
  servers: pool.shape.servers.optional(),
  instances: backendInstances
    .optional()
    .meta({ description: "aws: instead of servers, machines that are made, reachable from the nodes only." }),
});

const route = z.strictObject({
  path: z
    .string()
    .regex(
      /^\/[A-Za-z0-9._~!$&()*+,=:@%/-]*$/,
      "must be a URL path that starts with /, without spaces, ; { } or quotes",
    )
    .meta({ description: "Prefix of the request's path; the longest prefix wins." }),
  pool: upstreamName.meta({ description: "The pool that answers." }),
  readTimeout: seconds
    .default(60)
    .meta({ description: "Seconds that the backend may take between two reads." }),
});

/** What nginx serves, from pools of this kind. */
const nginxWith = <P extends z.ZodType>(onePool: P) =>
  z.strictObject({
    port: port.default(80).meta({ description: "The port that nginx listens on." }),
    pools: z.array(onePool).min(1, "must have at least one pool").meta({ description: "The upstreams." }),
    routes: z
      .array(route)
      .min(1, "must have at least one route")
      .meta({ description: "Which path goes to which pool." }),
  });

export const hostsNginx = nginxWith(pool);
export const awsNginx = nginxWith(awsPool);

export type NginxConfig = z.output<typeof hostsNginx>;
export type PoolConfig = z.output<typeof pool>;
export type RouteConfig = z.output<typeof route>;
