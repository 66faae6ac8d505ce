import { usualTimeouts } from "../../config/nginx/pools";
import type { ServedNginx, ServedPool } from "../settings";
import { poolOf } from "./alternatives";
import { requestHeaders, responseHeaders } from "./headers";
import { limitsOf } from "./limits";
import { type Route, routesOf, type Site } from "./model";
import { maintenanceGate, refuse } from "./pages";
import { block, type Lines, literal, quoted, time } from "./text";

/** The locations of a site. Without one for /, nginx would serve the distribution's files. */
export function locations(site: Site, nginx: ServedNginx): Lines {
  const rest = block("location /", [...maintenanceGate(site), "return 404;"]);
  const routes = routesOf(site);
  const all = routes.map((route) => location(route, nginx));
  const whole = routes.some(({ path, match }) => path === "/" && match === "prefix");
  return (whole ? all : [...all, rest]).flatMap((lines) => [...lines, ""]);
}

const modifier = { prefix: "", exact: "= ", regex: "~ ", regexNoCase: "~* " };

function location(route: Route, nginx: ServedNginx): Lines {
  const { match, path } = route;
  const head = `location ${modifier[match]}${match.startsWith("regex") ? quoted(path) : path}`;
  const first = [...maintenanceGate(route.site), ...methodGate(route)];
  const guards = [...access(route), ...limitsOf(route, nginx), ...bodySize(route)];
  const headers = responseHeaders(route, nginx);
  if (route.pool !== undefined)
    return block(head, [...first, ...guards, ...headers, ...passing(route, nginx)]);
  const answer = [...headers, ...answering(route)];
  if (access(route).length + limitsOf(route, nginx).length === 0)
    return block(head, [...first, ...bodySize(route), ...answer]);
  // "return" comes before access and limits are looked at: they are passed first, and the answer is a step further.
  const named = `@answer_${route.index}`;
  return [
    ...block(head, [...first, ...guards, ...headers, `try_files /.nginx-ha/none ${named};`]),
    ...block(`location ${named}`, answer),
  ];
}

const methodGate = ({ methods }: Route): Lines =>
  methods ? refuse(`$request_method !~ "^(${methods.join("|")})$"`, 405) : [];

const access = ({ allow, basicAuth }: Route): Lines => [
  ...(allow ? [...allow.map((range) => `allow ${range};`), "deny all;"] : []),
  ...(basicAuth
    ? [
        `auth_basic ${literal(basicAuth.realm)};`,
        `auth_basic_user_file /etc/nginx-ha/passwords/${basicAuth.passwords};`,
      ]
    : []),
];

const bodySize = ({ maxBodySize }: Route): Lines =>
  maxBodySize === undefined ? [] : [`client_max_body_size ${maxBodySize};`];

function answering({ redirect, response }: Route): Lines {
  if (redirect)
    return [
      `return ${redirect.status} ${literal(redirect.to).replace("{host}", "$host").replace("{uri}", "$request_uri")};`,
    ];
  if (!response) return ["return 404;"];
  const type = `default_type ${quoted(response.contentType)};`;
  const body = response.body === "" ? "" : ` ${literal(response.body)}`;
  return ["types { }", type, `return ${response.status}${body};`];
}

function passing(route: Route, nginx: ServedNginx): Lines {
  const pool = nginx.pools.find(({ name }) => name === route.pool);
  if (!pool) throw new Error(`no pool ${route.pool}`);
  const by = pool.protocol.startsWith("grpc") ? "grpc" : "proxy";
  return [
    ...(route.rewrite ? [`rewrite ${quoted(route.rewrite.regex)} ${route.rewrite.replacement} break;`] : []),
    ...requestHeaders(route, by),
    ...backendTls(pool, by),
    ...timeouts(route, pool, by),
    ...(by === "proxy" && !route.buffering ? ["proxy_buffering off;"] : []),
    ...(by === "proxy" && !route.requestBuffering ? ["proxy_request_buffering off;"] : []),
    ...(by === "grpc" ? grpcBodies(route, pool) : []),
    `${by}_pass ${pool.protocol}://${poolOf(route)};`,
  ];
}

const WEBSOCKET_IDLE = 3600;

function timeouts(route: Route, pool: ServedPool, by: "proxy" | "grpc"): Lines {
  const idle = route.websocket ? WEBSOCKET_IDLE : pool.readTimeout;
  const wanted: [keyof typeof usualTimeouts, number][] = [
    ["connect", route.connectTimeout ?? pool.connectTimeout],
    ["send", route.sendTimeout ?? (route.websocket ? WEBSOCKET_IDLE : pool.sendTimeout)],
    ["read", route.readTimeout ?? idle],
  ];
  return wanted
    .filter(([what, value]) => value !== usualTimeouts[what])
    .map(([what, value]) => `${by}_${what}_timeout ${time(value)};`);
}

/** A stream of messages is one request body, as long and as slow as it likes. */
const grpcBodies = (route: Route, pool: ServedPool): Lines => [
  ...(route.maxBodySize === undefined ? ["client_max_body_size 0;"] : []),
  `client_body_timeout ${time(route.readTimeout ?? pool.readTimeout)};`,
];

function backendTls({ protocol, tls }: ServedPool, by: "proxy" | "grpc"): Lines {
  if (protocol !== "https" && protocol !== "grpcs") return [];
  return [
    `${by}_ssl_server_name on;`,
    `${by}_ssl_name ${tls.name ?? "$host"};`,
    `${by}_ssl_protocols TLSv1.2 TLSv1.3;`,
    ...(tls.verify
      ? [
          `${by}_ssl_verify on;`,
          `${by}_ssl_verify_depth 4;`,
          `${by}_ssl_trusted_certificate ${tls.trustedCertificate};`,
        ]
      : []),
  ];
}
