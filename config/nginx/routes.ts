import { z } from "zod";
import { name, upstreamName } from "../names";
import { limited } from "./limits";
import {
  headerName,
  line,
  mimeType,
  range,
  redirectTarget,
  regex,
  replacement,
  requestKey,
  seconds,
  size,
  text,
} from "./text";

const header = z.strictObject({
  name: headerName.meta({ description: "The header's name." }),
  value: line.meta({ description: "Its value, taken literally." }),
});

const basicAuth = z
  .strictObject({
    realm: line.default("restricted").meta({ description: "What the browser shows." }),
    passwords: name.meta({ description: "Which list of nginx-ha:passwords, in htpasswd's form." }),
  })
  .meta({ description: "Who may come in, by name and password." });

/** What a site says for all of its routes, and a route for itself. */
export const guarded = {
  allow: z
    .array(range)
    .min(1, "must have at least one range")
    .optional()
    .meta({ description: "The addresses that may come in; everybody else gets 403. Default: everybody." }),
  basicAuth: basicAuth.optional(),
  maxBodySize: size
    .optional()
    .meta({ description: "The largest request body; a larger one gets 413. Default: 1m." }),
  responseHeaders: z.array(header).optional().meta({
    description:
      "Headers that are added to every answer of a route; a route's own come on top. Not to nginx's own error pages and redirects.",
  }),
  ...limited,
};

const methods = z.array(
  z.enum(
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    "must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
  ),
);

const alternative = z.strictObject({
  on: z
    .union(
      [z.literal("method"), requestKey],
      "must be method, address, host, uri, header:NAME or cookie:NAME",
    )
    .meta({ description: "What is looked at: method, address, host, uri, header:NAME, cookie:NAME." }),
  value: line.meta({ description: "What it must be." }),
  pool: upstreamName.meta({ description: "The pool that answers then." }),
});

const redirect = z.strictObject({
  to: redirectTarget.meta({ description: "A URL or a path; {host} and {uri} are the request's." }),
  status: z
    .literal([301, 302, 303, 307, 308], "must be 301, 302, 303, 307 or 308")
    .default(301)
    .meta({ description: "Permanent (301, 308) or not (302, 303, 307); 307 and 308 keep the method." }),
});

const response = z.strictObject({
  status: z
    .int()
    .min(200, "must be 200 to 599")
    .max(599, "must be 200 to 599")
    .default(200)
    .meta({ description: "The answer's status." }),
  body: text.default("").meta({ description: "The answer's text." }),
  contentType: mimeType.default("text/plain; charset=utf-8").meta({ description: "The answer's type." }),
});

export const route = z.strictObject({
  path: line.meta({ description: "The request's path: a path, or a regular expression, as match says." }),
  match: z
    .enum(["prefix", "exact", "regex", "regexNoCase"], "must be prefix, exact, regex or regexNoCase")
    .default("prefix")
    .meta({
      description:
        "How path is compared. An exact one wins, then the first regular expression that fits, then the longest prefix.",
    }),
  pool: upstreamName.optional().meta({ description: "The pool that answers." }),
  alternatives: z
    .array(alternative)
    .default([])
    .meta({ description: "Other pools for some of the requests; the first that fits wins." }),
  redirect: redirect.optional().meta({ description: "Or the answer is another URL." }),
  response: response.optional().meta({ description: "Or nginx answers itself." }),
  methods: methods
    .min(1, "must have at least one method")
    .optional()
    .meta({ description: "Methods that are taken; others get 405. Default: all." }),
  rewrite: z
    .strictObject({
      regex: regex.meta({ description: "What of the path is looked for." }),
      replacement: replacement.meta({ description: "The path that the backend is asked for instead." }),
    })
    .optional()
    .meta({ description: "The backend is asked for another path." }),
  websocket: z
    .boolean()
    .default(false)
    .meta({ description: "Lets clients change to WebSocket; readTimeout is then 3600 unless told." }),
  buffering: z
    .boolean()
    .default(true)
    .meta({ description: "Whether answers are collected first; false for server-sent events." }),
  requestBuffering: z.boolean().default(true).meta({
    description: "Whether request bodies are collected first; only these can be tried on another server.",
  }),
  requestHeaders: z
    .array(header)
    .default([])
    .meta({ description: "Headers that the backend gets, beside the usual ones." }),
  connectTimeout: seconds.optional().meta({ description: "As the pool's, which is the default." }),
  sendTimeout: seconds.optional().meta({ description: "As the pool's, which is the default." }),
  readTimeout: seconds.optional().meta({ description: "As the pool's, which is the default." }),
  ...guarded,
});

export type RouteConfig = z.output<typeof route>;
export type HeaderConfig = z.output<typeof header>;
export type Guarded = Pick<RouteConfig, keyof typeof guarded>;
