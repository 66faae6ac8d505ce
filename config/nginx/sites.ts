import { z } from "zod";
import { name } from "../names";
import { guarded, route } from "./routes";
import { page, range, serverName } from "./text";

const hsts = z.strictObject({
  maxAge: z
    .int()
    .min(0, "must be 0 or more seconds")
    .default(63_072_000)
    .meta({ description: "Seconds; 63072000 are two years, 0 lifts it." }),
  includeSubDomains: z.boolean().default(false).meta({ description: "For the names below, too." }),
  preload: z
    .boolean()
    .default(false)
    .meta({ description: "For browsers' own lists, which are hard to leave." }),
});

const siteTls = z.strictObject({
  certificate: name.meta({ description: "One of nginx.certificates." }),
  redirect: z
    .boolean()
    .default(true)
    .meta({ description: "Requests without TLS are sent to https; false: they are answered as well." }),
  hsts: z
    .union([z.literal(false), hsts], "must be false, or an object")
    .prefault({})
    .meta({ description: "Tells browsers to come by https only (Strict-Transport-Security)." }),
});

const errorPage = z.strictObject({
  codes: z
    .array(z.int().min(400, "must be 400 to 599").max(599, "must be 400 to 599"))
    .min(1, "must have at least one status")
    .meta({ description: "The statuses that it is for." }),
  page: page.meta({ description: "The page, in HTML." }),
});

const maintenance = z.strictObject({
  enabled: z.boolean().default(false).meta({ description: "Whether everybody gets the page, with 503." }),
  allow: z.array(range).default([]).meta({ description: "Who still gets the site." }),
  retryAfter: z
    .int()
    .min(1, "must be 1 or more seconds")
    .default(300)
    .meta({ description: "Seconds after which clients should try again (Retry-After)." }),
  page: page
    .default("<!doctype html><title>Maintenance</title><h1>We will be back soon.</h1>\n")
    .meta({ description: "The page, in HTML." }),
});

export const site = z.strictObject({
  names: z.array(serverName).default([]).meta({
    description: "Its names, *.example.org included. None: it answers for every name that no other has.",
  }),
  tls: siteTls.optional().meta({ description: "Its certificate. Default: no TLS." }),
  routes: z
    .array(route)
    .min(1, "must have at least one route")
    .meta({ description: "Which requests go where." }),
  errorPages: z.array(errorPage).default([]).meta({ description: "Pages instead of nginx's own." }),
  interceptErrors: z
    .boolean()
    .default(false)
    .meta({ description: "Whether errorPages take the place of the backends' errors, too." }),
  maintenance: maintenance.optional().meta({ description: "A page for everybody while you work." }),
  ...guarded,
});

export type SiteConfig = z.output<typeof site>;
export type SiteTls = z.output<typeof siteTls>;
