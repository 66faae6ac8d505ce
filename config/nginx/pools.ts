import { z } from "zod";
import { host } from "../addresses";
import { backendInstances } from "../aws";
import { port, upstreamName } from "../names";
import { between, filePath, requestKey, seconds, serverName, wholeSeconds } from "./text";

export const server = z.strictObject({
  address: host.meta({ description: "The backend's address or name." }),
  port: port.default(80).meta({ description: "The backend's port." }),
  weight: between(1, 1000).default(1).meta({ description: "Its share of the requests." }),
  backup: z.boolean().default(false).meta({ description: "Asked only when none of the others answers." }),
  down: z.boolean().default(false).meta({ description: "Taken out of service." }),
  maxConns: between(0, 100_000)
    .default(0)
    .meta({ description: "Connections that all workers together open to it (0: any number)." }),
});

const balance = z
  .enum(
    ["roundRobin", "leastConn", "ipHash", "hash", "random"],
    "must be roundRobin, leastConn, ipHash, hash or random",
  )
  .default("roundRobin")
  .meta({
    description:
      "Who gets the next request: each in turn, the one with the fewest connections, by the client's address, by hashKey (consistent: a server more or less moves few keys), or the better of two at random.",
  });

const backendTls = z
  .strictObject({
    name: serverName.optional().meta({
      description: "The name asked for (SNI) and looked for in the certificate. Default: the request's host.",
    }),
    verify: z.boolean().default(true).meta({ description: "Whether the certificate is verified." }),
    trustedCertificate: filePath
      .default("/etc/ssl/certs/ca-certificates.crt")
      .meta({ description: "The file of authorities on the node." }),
  })
  .prefault({})
  .meta({ description: "With protocol https or grpcs." });

/** Seconds of a pool that says nothing else; nginx.conf has them once, for all. */
export const usualTimeouts = { connect: 2, send: 60, read: 60 } as const;

export const pool = z.strictObject({
  name: upstreamName.meta({ description: "The nginx upstream's name." }),
  servers: z
    .array(server)
    .min(1, "must have at least one server")
    .meta({ description: "The backends, in turn." }),
  protocol: z
    .enum(["http", "https", "grpc", "grpcs"], "must be http, https, grpc or grpcs")
    .default("http")
    .meta({ description: "What the backends speak." }),
  tls: backendTls,
  balance,
  hashKey: requestKey.optional().meta({ description: "With balance hash: what is hashed." }),
  keepalive: between(1, 1024)
    .default(128)
    .meta({ description: "Idle connections to the pool that each worker keeps open." }),
  keepaliveTimeout: wholeSeconds.default(60).meta({
    description:
      "Seconds that such a connection stays idle; shorter than the backend's own, which may close it.",
  }),
  maxFails: z
    .int()
    .min(0, "must be 0 or more")
    .default(3)
    .meta({ description: "Failures that take a server out (0: never)." }),
  failTimeout: wholeSeconds
    .default(10)
    .meta({ description: "Seconds in which maxFails count, and for which the server stays out." }),
  connectTimeout: seconds
    .default(usualTimeouts.connect)
    .meta({ description: "Seconds that a connection may take." }),
  sendTimeout: seconds
    .default(usualTimeouts.send)
    .meta({ description: "Seconds that the backend may take between two writes to it." }),
  readTimeout: seconds
    .default(usualTimeouts.read)
    .meta({ description: "Seconds that the backend may take between two reads." }),
});

/** On EC2 the backends may be made, too. */
export const awsPool = pool.extend({
  servers: pool.shape.servers.optional(),
  instances: backendInstances
    .optional()
    .meta({ description: "aws: instead of servers, machines that are made, reachable from the nodes only." }),
});

export type PoolConfig = z.output<typeof pool>;
export type ServerConfig = z.output<typeof server>;
