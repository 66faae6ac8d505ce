import { z } from "zod";
import { host } from "../addresses";
import { name, port } from "../names";
import { server } from "./pools";
import { between, range, seconds } from "./text";

/** TCP and UDP as they are, beside the sites. */
export const stream = z.strictObject({
  name: name.meta({ description: "Its name in nginx's file." }),
  port: port.meta({ description: "The port that nginx listens on." }),
  protocol: z.enum(["tcp", "udp"], "must be tcp or udp").default("tcp").meta({ description: "tcp or udp." }),
  servers: z
    .array(
      server.omit({ address: true, port: true }).extend({
        address: host.meta({ description: "The backend's address or name." }),
        port: port.meta({ description: "The backend's port." }),
      }),
    )
    .min(1, "must have at least one server")
    .meta({ description: "The backends." }),
  balance: z
    .enum(["roundRobin", "leastConn", "hash"], "must be roundRobin, leastConn or hash")
    .default("roundRobin")
    .meta({ description: "Each in turn, the one with the fewest connections, or by the client's address." }),
  connectTimeout: seconds.default(2).meta({ description: "Seconds that a connection may take." }),
  timeout: seconds.default(600).meta({ description: "Seconds without a byte that end it." }),
  responses: between(0, 1000).optional().meta({
    description: "udp: answers to one datagram, after which the session ends. Default: any number.",
  }),
  proxyProtocol: z
    .boolean()
    .default(false)
    .meta({ description: "Tells the backends the client's address by the PROXY protocol." }),
  allow: z
    .array(range)
    .min(1, "must have at least one range")
    .optional()
    .meta({ description: "The addresses that may come in. Default: everybody." }),
});

export type StreamConfig = z.output<typeof stream>;
