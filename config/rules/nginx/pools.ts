import { items, type Problem } from "../problem";
import { type LooseNginx, namesIn, type Placed, routesOf } from "./sites";

/** What of a pool or a stream does not go together. */
export function* balanceRules(nginx: LooseNginx): Generator<Problem> {
  for (const [index, pool] of items(nginx.pools).entries()) {
    const path = ["nginx", "pools", index];
    yield* serverRules(pool, path);
    if (pool?.hashKey !== undefined && pool.balance !== "hash")
      yield { path: [...path, "hashKey"], value: pool.hashKey, message: "needs balance hash" };
    if (pool?.balance === "hash" && pool.hashKey === undefined)
      yield { path: [...path, "hashKey"], value: undefined, message: "is required with balance hash" };
    if (pool?.tls !== undefined && pool.protocol !== "https" && pool.protocol !== "grpcs")
      yield { path: [...path, "tls"], value: pool.tls, message: "needs protocol https or grpcs" };
  }
  for (const [index, stream] of items(nginx.streams).entries()) {
    const path = ["nginx", "streams", index];
    yield* serverRules(stream, path);
    if (stream?.responses !== undefined && stream.protocol !== "udp")
      yield { path: [...path, "responses"], value: stream.responses, message: "needs protocol udp" };
  }
}

type Balanced =
  | { balance?: string; servers?: ({ backup?: boolean; down?: boolean } | undefined)[] }
  | undefined;

function* serverRules(pool: Balanced, path: (string | number)[]): Generator<Problem> {
  const servers = items(pool?.servers);
  const backup = servers.findIndex((server) => server?.backup === true);
  if (backup === -1) return;
  if (servers.every((server) => server?.backup === true))
    yield { path: [...path, "servers"], value: servers, message: "must have one that is no backup" };
  if (["hash", "ipHash", "random"].includes(pool?.balance ?? ""))
    yield {
      path: [...path, "servers", backup, "backup"],
      value: true,
      message: `cannot go together with balance ${pool?.balance}, which has no backups; take roundRobin or leastConn`,
    };
}

/** Limits that sites and routes use are there. */
export function* limitRules(nginx: LooseNginx): Generator<Problem> {
  const sites = items(nginx.sites).map((site, index) => ({ of: site, path: ["nginx", "sites", index] }));
  const routes = routesOf(nginx).map(({ route, path }: Placed) => ({ of: route, path }));
  for (const { of, path } of [...sites, ...routes]) {
    for (const [index, used] of items(of?.rateLimits).entries())
      yield* known("rateLimits", namesIn(nginx.rateLimits), used?.limit, [
        ...path,
        "rateLimits",
        index,
        "limit",
      ]);
    for (const [index, used] of items(of?.connectionLimits).entries())
      yield* known("connectionLimits", namesIn(nginx.connectionLimits), used, [
        ...path,
        "connectionLimits",
        index,
      ]);
  }
}

function* known(
  list: string,
  names: string[],
  value: unknown,
  path: (string | number)[],
): Generator<Problem> {
  if (value === undefined || names.includes(String(value))) return;
  yield { path, value, message: `must name one of nginx.${list}: ${names.join(", ") || "there is none"}` };
}
