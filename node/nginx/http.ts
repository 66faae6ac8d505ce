import { usualTimeouts } from "../../config/nginx/pools";
import type { ServedNginx } from "../settings";
import { alternativeMaps } from "./alternatives";
import { closingMaps } from "./closing";
import { forwardedHeaders, hstsMap, upgradeMaps } from "./headers";
import { limitZones } from "./limits";
import { routesOf, sitesOf } from "./model";
import { maintenanceMap } from "./pages";
import { REQUEST_ID, requestIdMap } from "./request-id";
import type { Lines } from "./text";
import { time } from "./text";

/** One JSON object for each request: who asked for what, what was answered, and what the backends took. */
const jsonLog = `log_format nginx_ha escape=json '{${[
  '"time":"$time_iso8601"',
  `"request_id":"${REQUEST_ID}"`,
  '"remote_addr":"$remote_addr"',
  '"method":"$request_method"',
  '"scheme":"$scheme"',
  '"host":"$host"',
  '"uri":"$request_uri"',
  '"protocol":"$server_protocol"',
  '"status":$status',
  '"bytes_sent":$bytes_sent',
  '"request_length":$request_length',
  '"request_time":$request_time',
  '"upstream_addr":"$upstream_addr"',
  '"upstream_status":"$upstream_status"',
  '"upstream_connect_time":"$upstream_connect_time"',
  '"upstream_header_time":"$upstream_header_time"',
  '"upstream_response_time":"$upstream_response_time"',
  '"ssl_protocol":"$ssl_protocol"',
  '"ssl_session_reused":"$ssl_session_reused"',
  '"limit_req_status":"$limit_req_status"',
  '"referer":"$http_referer"',
  '"user_agent":"$http_user_agent"',
].join(",")}}';`;

export function logging({ accessLog: { format } }: ServedNginx): Lines {
  if (format === "off") return ["access_log off;"];
  const name = format === "json" ? "nginx_ha" : "combined";
  return [
    ...(format === "json" ? [jsonLog] : []),
    `access_log /var/log/nginx/access.log ${name} buffer=64k flush=1s;`,
  ];
}

const packed = [
  "application/javascript",
  "application/json",
  "application/manifest+json",
  "application/wasm",
  "application/xml",
  "image/svg+xml",
  "text/css",
  "text/javascript",
  "text/plain",
  "text/xml",
].join(" ");

/** text/html is always among them; an event stream never is, because it would wait in the packer. */
export const compression = ({ compression: { gzip, brotli } }: ServedNginx): Lines => [
  ...(gzip
    ? ["gzip on;", "gzip_vary on;", "gzip_proxied any;", "gzip_min_length 1024;", `gzip_types ${packed};`]
    : []),
  ...(brotli ? ["brotli on;", "brotli_min_length 1024;", `brotli_types ${packed};`] : []),
];

/** How slow a client may be, and what it may keep open. */
export const clients = ({ client }: ServedNginx): Lines => [
  `client_header_timeout ${time(client.headerTimeout)};`,
  `client_body_timeout ${time(client.bodyTimeout)};`,
  `send_timeout ${time(client.sendTimeout)};`,
  `keepalive_timeout ${time(client.keepaliveTimeout)};`,
  "reset_timedout_connection on;",
];

/** Whose word for the client's address is taken. */
export const realIp = ({ realIpFrom, realIpHeader, proxyProtocol }: ServedNginx): Lines =>
  realIpFrom.length === 0
    ? []
    : [
        ...realIpFrom.map((range) => `set_real_ip_from ${range};`),
        `real_ip_header ${proxyProtocol ? "proxy_protocol" : (realIpHeader ?? "X-Forwarded-For")};`,
        "real_ip_recursive on;",
      ];

/**
 * To backends: HTTP/1.1 that stays open, the article's headers, and another server when one fails, limited in number and
 * time and never for requests that are not idempotent (nginx's default for `proxy_next_upstream`).
 */
export function proxying(nginx: ServedNginx): Lines {
  const next = (by: "proxy" | "grpc"): Lines => [
    ...Object.entries(usualTimeouts).map(([what, value]) => `${by}_${what}_timeout ${time(value)};`),
    `${by}_next_upstream error timeout;`,
    `${by}_next_upstream_tries 2;`,
    `${by}_next_upstream_timeout 10s;`,
  ];
  const grpc = nginx.pools.some(({ protocol }) => protocol.startsWith("grpc"));
  return [
    "proxy_http_version 1.1;",
    ...forwardedHeaders("proxy"),
    ...next("proxy"),
    ...(grpc ? [...forwardedHeaders("grpc"), ...next("grpc")] : []),
  ];
}

/** Every variable that sites and routes make. */
export function variables(nginx: ServedNginx): Lines {
  const sites = sitesOf(nginx);
  const routes = sites.flatMap(routesOf);
  const lines = [
    ...requestIdMap,
    ...(sites.length > 0 ? closingMaps : []),
    ...(routes.some(({ websocket }) => websocket) ? upgradeMaps : []),
    ...sites.flatMap((site) => [...hstsMap(site), ...maintenanceMap(site)]),
    ...routes.flatMap(alternativeMaps),
  ];
  return [...lines, "", ...limitZones(nginx)];
}
