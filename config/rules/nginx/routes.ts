import { regex, urlPath } from "../../nginx/text";
import { items, type Path, type Problem, repeated } from "../problem";
import { type LooseNginx, type LooseRoute, namesIn, type Placed, routesOf } from "./sites";

/** What a route says together with its site and the pools. */
export function* routeRules(nginx: LooseNginx): Generator<Problem> {
  const placed = routesOf(nginx);
  for (const site of new Set(placed.map((one) => one.site))) {
    const own = placed.filter((one) => one.site === site);
    yield* repeated(
      own,
      ({ route }) => route.path && `${route.match ?? "prefix"} ${route.path}`,
      (index) => [...(own[index]?.path ?? []), "path"],
    );
  }
  for (const one of placed) {
    yield* pathRules(one);
    yield* actionRules(one);
    yield* poolRules(one, nginx);
  }
}

function* pathRules({ route, path }: Placed): Generator<Problem> {
  const wanted = String(route.match ?? "prefix").startsWith("regex") ? regex : urlPath;
  const { path: value } = route;
  if (typeof value !== "string") return;
  const message = wanted.safeParse(value).error?.issues[0]?.message;
  if (message) yield { path: [...path, "path"], value, message };
}

const actions = ["pool", "redirect", "response"] as const;

/** What only makes sense when a backend is asked. */
const ofPools = [
  "alternatives",
  "rewrite",
  "websocket",
  "buffering",
  "requestBuffering",
  "requestHeaders",
  "connectTimeout",
  "sendTimeout",
  "readTimeout",
] as const satisfies readonly (keyof LooseRoute)[];

function* actionRules({ route, path }: Placed): Generator<Problem> {
  const [first, second] = actions.filter((action) => route[action] !== undefined);
  if (first === undefined)
    yield { path: [...path, "pool"], value: undefined, message: "is required, or redirect, or response" };
  if (second !== undefined)
    yield { path: [...path, second], value: route[second], message: `cannot go together with ${first}` };
  if (first === undefined || first === "pool") return;
  for (const key of ofPools)
    if (route[key] !== undefined)
      yield { path: [...path, key], value: route[key], message: "needs pool: no backend is asked here" };
}

function* poolRules({ route, path, site }: Placed, nginx: LooseNginx): Generator<Problem> {
  const names = namesIn(nginx.pools);
  const unknown = (value: unknown, at: Path): Problem[] =>
    value === undefined || names.includes(String(value))
      ? []
      : [
          {
            path: at,
            value,
            message: `must name one of nginx.pools: ${names.join(", ") || "there is none"}`,
          },
        ];
  yield* unknown(route.pool, [...path, "pool"]);
  const protocolOf = (name: unknown) =>
    items(nginx.pools).find((pool) => pool?.name === name)?.protocol ?? "http";
  const protocol = protocolOf(route.pool);
  for (const [index, other] of items(route.alternatives).entries()) {
    const at = [...path, "alternatives", index, "pool"];
    yield* unknown(other?.pool, at);
    if (names.includes(String(other?.pool)) && protocolOf(other?.pool) !== protocol)
      yield {
        path: at,
        value: other?.pool,
        message: `must be a pool of protocol ${protocol}, as ${route.pool} is`,
      };
  }
  if (!protocol.startsWith("grpc")) return;
  const message =
    "needs a site with tls, and nginx.tls.http2: gRPC comes by HTTP/2, which clients use with TLS";
  if (site?.tls === undefined || nginx.tls?.http2 === false)
    yield { path: [...path, "pool"], value: route.pool, message };
  for (const key of ["websocket", "buffering", "requestBuffering"] as const)
    if (route[key] !== undefined)
      yield {
        path: [...path, key],
        value: route[key],
        message: `is for http and https, and the pool's protocol is ${protocol}`,
      };
}
