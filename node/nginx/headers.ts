import type { ServedNginx } from "../settings";
import { closingHeader } from "./closing";
import { retryAfterOf } from "./limits";
import type { Route, Site } from "./model";
import { REQUEST_ID } from "./request-id";
import { type Lines, literal } from "./text";

/** What every backend is told: the article's headers, and the request's id, which the access log has, too. */
const forwarded: readonly (readonly [string, string])[] = [
  ["Host", "$host"],
  ["X-Real-IP", "$remote_addr"],
  ["X-Forwarded-For", "$proxy_add_x_forwarded_for"],
  ["X-Forwarded-Proto", "$scheme"],
  ["X-Request-ID", REQUEST_ID],
];

type Passed = "proxy" | "grpc";

/** The headers of all requests to backends. A location that sets one of its own loses these, and repeats them. */
export const forwardedHeaders = (by: Passed): Lines => [
  ...(by === "proxy" ? ['proxy_set_header Connection "";'] : []),
  ...forwarded.map(([name, value]) => `${by}_set_header ${name} ${value};`),
];

/** A route's own headers to the backend, if it has any. */
export function requestHeaders({ websocket, requestHeaders: own }: Route, by: Passed): Lines {
  if (!websocket && own.length === 0) return [];
  const named = new Set(own.map(({ name }) => name.toLowerCase()));
  const connection = websocket
    ? ["proxy_set_header Upgrade $nginx_ha_upgrade;", "proxy_set_header Connection $nginx_ha_connection;"]
    : ['proxy_set_header Connection "";'];
  return [
    ...(by === "proxy" ? connection : []),
    ...forwarded
      .filter(([name]) => !named.has(name.toLowerCase()))
      .map(([name, value]) => `${by}_set_header ${name} ${value};`),
    ...own.map(({ name, value }) => `${by}_set_header ${name} ${literal(value)};`),
  ];
}

/** Only WebSocket is passed on: with h2c a backend would take requests that no rule of ours sees. */
export const upgradeMaps: Lines = [
  'map $http_upgrade $nginx_ha_upgrade { default ""; "~*^websocket$" websocket; }',
  'map $nginx_ha_upgrade $nginx_ha_connection { default ""; websocket upgrade; }',
];

/** Headers of a route's answers. nginx drops those of outer blocks as soon as a location has one, which then has all. */
export function responseHeaders(route: Route, nginx: ServedNginx): Lines {
  const retry = retryAfterOf([route], nginx);
  const own = [
    ...(route.responseHeaders ?? []).map(({ name, value }) => `add_header ${name} ${literal(value)} always;`),
    ...(retry ? [`add_header Retry-After ${retry} always;`] : []),
  ];
  return own.length === 0 ? [] : [...siteHeaders(route.site), ...own];
}

/** What all answers of a site have. */
export function siteHeaders(site: Site): Lines {
  return [...closingHeader, ...hstsHeader(site), ...altSvc(site)];
}

/** A promise of HTTP/3 is short: who has it tries that first, for as long as it holds. */
const altSvc = ({ http3 }: Site): Lines =>
  http3 === undefined ? [] : [`add_header Alt-Svc 'h3=":${http3}"; ma=3600' always;`];

function hstsHeader({ tls, index }: Site): Lines {
  if (!tls || tls.hsts === false) return [];
  return [
    `add_header Strict-Transport-Security ${tls.redirect ? `"${hstsOf(tls.hsts)}"` : `$nginx_ha_hsts_${index}`} always;`,
  ];
}

/** A site that also answers without TLS must not promise it there (RFC 6797, 7.2). */
export function hstsMap({ tls, index }: Site): Lines {
  if (!tls || tls.hsts === false || tls.redirect) return [];
  return [`map $https $nginx_ha_hsts_${index} { default ""; on "${hstsOf(tls.hsts)}"; }`];
}

const hstsOf = (hsts: { maxAge: number; includeSubDomains: boolean; preload: boolean }): string =>
  [
    `max-age=${hsts.maxAge}`,
    ...(hsts.includeSubDomains ? ["includeSubDomains"] : []),
    ...(hsts.preload ? ["preload"] : []),
  ].join("; ");
