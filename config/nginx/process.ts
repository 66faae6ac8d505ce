import { z } from "zod";
import { port } from "../names";
import { between, range, seconds } from "./text";

/** How nginx itself works. */
export const process = {
  workers: z
    .strictObject({
      processes: z
        .union([z.literal("auto"), between(1, 256)], "must be auto, or 1 to 256")
        .default("auto")
        .meta({ description: "auto: as many as the machine has processors." }),
      connections: between(512, 262_144)
        .default(8192)
        .meta({ description: "Connections of each worker, to clients and backends; open files follow." }),
      shutdownTimeout: between(1, 3600)
        .default(60)
        .meta({ description: "Seconds that connections may go on after a change of the configuration." }),
    })
    .prefault({})
    .meta({ description: "nginx's processes." }),
  client: z
    .strictObject({
      headerTimeout: seconds.default(10).meta({ description: "Seconds for a request's headers." }),
      bodyTimeout: seconds.default(30).meta({ description: "Seconds between two parts of its body." }),
      sendTimeout: seconds.default(30).meta({ description: "Seconds between two reads by the client." }),
      keepaliveTimeout: seconds.default(65).meta({ description: "Seconds that an idle connection stays." }),
    })
    .prefault({})
    .meta({ description: "How slow clients may be." }),
  accessLog: z
    .strictObject({
      format: z
        .enum(["json", "combined", "off"], "must be json, combined or off")
        .default("json")
        .meta({ description: "A JSON object for each request, or the classic line, or nothing." }),
    })
    .prefault({})
    .meta({ description: "/var/log/nginx/access.log; Debian's logrotate keeps 14 days." }),
  compression: z
    .strictObject({
      gzip: z.boolean().default(true).meta({ description: "gzip for text of 1 KB or more." }),
      brotli: z.boolean().default(false).meta({ description: "Brotli, too, by Debian's module." }),
    })
    .prefault({})
    .meta({ description: "What answers are packed with." }),
};

/** Another proxy before the pair. */
export const before = {
  realIpFrom: z
    .array(range)
    .default([])
    .meta({ description: "Proxies before the pair, whose word for the client's address is taken." }),
  realIpHeader: z
    .enum(["X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"])
    .optional()
    .meta({ description: "Where they say it. Default: X-Forwarded-For." }),
  proxyProtocol: z
    .strictObject({
      port: port.optional().meta({ description: "Without TLS." }),
      tlsPort: port.optional().meta({ description: "With TLS." }),
    })
    .optional()
    .meta({
      description:
        "Ports of their own, on which all sites are answered to proxies that speak the PROXY protocol.",
    }),
};
