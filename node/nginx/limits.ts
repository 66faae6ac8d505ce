import type { ConnectionLimit, RateLimit } from "../../config/nginx/limits";
import type { ServedNginx } from "../settings";
import type { Route } from "./model";
import { block, type Lines, variableOf, word } from "./text";

/** The memory in which limits count; each node has its own. */
export function limitZones(nginx: ServedNginx): Lines {
  const { rateLimits, connectionLimits } = nginx;
  if (rateLimits.length + connectionLimits.length === 0) return [];
  return [
    ...([...rateLimits, ...connectionLimits].some(({ key }) => key === "address") ? client : []),
    ...rateLimits.flatMap((limit) => [
      ...keyOf("rate", limit),
      `limit_req_zone ${keyName("rate", limit)} zone=${zoneName("rate", limit)}:${memory(limit, 128)}k rate=${limit.rate};`,
    ]),
    ...connectionLimits.flatMap((limit) => [
      ...keyOf("conn", limit),
      `limit_conn_zone ${keyName("conn", limit)} zone=${zoneName("conn", limit)}:${memory(limit, 64)}k;`,
    ]),
    "limit_req_status 429;",
    "limit_conn_status 429;",
    "limit_req_log_level warn;",
    "limit_conn_log_level warn;",
    ...retryAfters(rateLimits, connectionLimits),
    "",
  ];
}

type Limit = Pick<RateLimit, "name" | "key" | "allow" | "keys">;
type Kind = "rate" | "conn";

/** By IPv6 a client has a network of its own, and as many addresses as it likes: its first 64 bits count (RFC 6177). */
const CLIENT = "$nginx_ha_client";
const client = block(`map $binary_remote_addr ${CLIENT}`, [
  "default $binary_remote_addr;",
  '"~(?s)^(.{8}).{8}$" $1;',
]);

const variable = (key: string): string => (key === "address" ? CLIENT : variableOf(key));
const keyName = (kind: Kind, { name, key, allow }: Limit): string =>
  allow.length === 0 ? variable(key) : `$nginx_ha_${kind}_key_${word(name)}`;

/**
 * A zone's name tells its key: nginx keeps a zone of the same name over a reload, and refuses the reload when it counts by
 * something else ("uses the … key while previously it used …", ngx_http_limit_req_module.c), which `nginx -t` does not see.
 */
const zoneName = (kind: Kind, limit: Limit): string =>
  `${kind}_${word(limit.name)}_${limit.allow.length === 0 ? variable(limit.key).slice(1) : "allow"}`;

/** Requests whose key is empty are not counted: those of addresses on the allow-list. */
function keyOf(kind: Kind, limit: Limit): Lines {
  if (limit.allow.length === 0) return [];
  const free = `$nginx_ha_${kind}_free_${word(limit.name)}`;
  return [
    ...block(`geo ${free}`, ["default 0;", ...limit.allow.map((range) => `${range} 1;`)]),
    ...block(`map ${free} ${keyName(kind, limit)}`, [`0 ${variable(limit.key)};`, 'default "";']),
  ];
}

/**
 * Kilobytes for the expected keys, a tenth more for the zone's own book-keeping. A state takes 128 bytes for a rate and
 * 64 for connections (nginx's documentation of limit_req_zone and limit_conn_zone, 64 bit); a text is longer than an
 * address and takes the next size.
 */
function memory({ key, keys }: Limit, bytes: number): number {
  const state = key === "address" ? bytes : 2 * bytes;
  return Math.max(64, Math.ceil((keys * state * 1.1) / 4096) * 4);
}

/** Seconds until a key's next request is taken. */
const pause = ({ rate }: RateLimit): number => {
  const [requests, unit] = rate.split("r/");
  return Math.ceil((unit === "m" ? 60 : 1) / Number(requests));
};

/** Retry-After for what was refused here; a backend's own 429 keeps its own. */
function retryAfters(rates: RateLimit[], connections: ConnectionLimit[]): Lines {
  const seconds = new Set([...rates.map(pause), ...(connections.length > 0 ? [1] : [])]);
  return [...seconds].flatMap((after) =>
    block(`map "$limit_req_status $limit_conn_status" $nginx_ha_retry_after_${after}`, [
      'default "";',
      `"~REJECTED(?!_DRY_RUN)" ${after};`,
    ]),
  );
}

function named<T extends Limit>(limits: readonly T[], name: string): T {
  const found = limits.find((one) => one.name === name);
  if (!found) throw new Error(`no limit ${name}`);
  return found;
}

/** What a route is limited by. */
export function limitsOf(
  { rateLimits = [], connectionLimits = [], limitDryRun }: Route,
  nginx: ServedNginx,
): Lines {
  return [
    ...rateLimits.map(({ limit, burst, delay }) => {
      const late = delay === undefined ? "nodelay" : `delay=${delay}`;
      const more = burst === 0 ? "" : ` burst=${burst}${delay === 0 ? "" : ` ${late}`}`;
      return `limit_req zone=${zoneName("rate", named(nginx.rateLimits, limit))}${more};`;
    }),
    ...connectionLimits.map((name) => {
      const limit = named(nginx.connectionLimits, name);
      return `limit_conn ${zoneName("conn", limit)} ${limit.connections};`;
    }),
    ...(limitDryRun ? ["limit_req_dry_run on;", "limit_conn_dry_run on;"] : []),
  ];
}

/** The variable with the Retry-After of the routes' limits; the longest of them. */
export function retryAfterOf(routes: Route[], nginx: ServedNginx): string | undefined {
  const used = routes.flatMap(({ rateLimits = [] }) => rateLimits.map(({ limit }) => limit));
  const pauses = nginx.rateLimits.filter(({ name }) => used.includes(name)).map(pause);
  if (routes.some(({ connectionLimits = [] }) => connectionLimits.length > 0)) pauses.push(1);
  return pauses.length === 0 ? undefined : `$nginx_ha_retry_after_${Math.max(...pauses)}`;
}
