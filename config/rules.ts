import { addressOf, inSubnet, ipv4, ipv4WithPrefix, reservedIn, subnetOf } from "./addresses";
import type { Cluster } from "./cluster";

type Path = (string | number)[];

/** A rule that two keys break together. */
export interface Problem {
  path: Path;
  message: string;
  value: unknown;
}

/** What the rules see: also a configuration that has other problems, so that all are told at once. */
type Loose<T> = T extends (infer Item)[]
  ? Loose<Item>[] | undefined
  : T extends object
    ? { [Key in keyof T]?: Loose<T[Key]> }
    : T | undefined;
type LooseCluster = Loose<Cluster>;

/** The rules that look at more than one key. `input` is what the stack says, valid or not. */
export function brokenRules(input: unknown): Problem[] {
  const cluster = (input ?? {}) as LooseCluster;
  return [...unique(cluster), ...vipRules(cluster), ...routeRules(cluster)];
}

function* unique(cluster: LooseCluster): Generator<Problem> {
  const nodes = items(cluster.nodes);
  yield* repeated(
    nodes,
    (node) => node?.name,
    (index) => ["nodes", index, "name"],
  );
  yield* repeated(
    nodes,
    (node) => node?.address,
    (index) => ["nodes", index, "address"],
  );
  yield* repeated(
    nodes,
    (node) => keyOf(node?.ssh?.hostKey),
    (index) => ["nodes", index, "ssh", "hostKey"],
  );
  yield* repeated(
    items(cluster.nginx?.pools),
    (pool) => pool?.name,
    (index) => ["nginx", "pools", index, "name"],
  );
  yield* repeated(
    items(cluster.nginx?.routes),
    (route) => route?.path,
    (index) => ["nginx", "routes", index, "path"],
  );
}

function* vipRules(cluster: LooseCluster): Generator<Problem> {
  const value = cluster.vip?.address;
  if (!ipv4WithPrefix.safeParse(value).success) return;
  const cidr = String(value);
  const vip = addressOf(cidr);
  const problem = (message: string): Problem => ({ path: ["vip", "address"], value, message });
  if (reservedIn(vip, cidr)) {
    yield problem(`must not be the network or broadcast address of ${subnetOf(cidr)}; choose a free one`);
  }
  for (const node of items(cluster.nodes)) {
    const address = String(node?.address);
    if (!ipv4.safeParse(address).success) continue;
    const who = node?.name ?? address;
    if (address === vip) {
      yield problem(`must differ from every node's address, and is that of ${who}; choose a free one`);
    } else if (!inSubnet(address, cidr)) {
      yield problem(
        `must lie in the nodes' subnet, and ${who} (${address}) is outside ${subnetOf(cidr)}; correct the address or its prefix length`,
      );
    }
  }
  yield* backendRules(cluster, vip);
}

function* backendRules(cluster: LooseCluster, vip: string): Generator<Problem> {
  const own = items(cluster.nodes).map((node) => node?.address);
  const listening = cluster.nginx?.port ?? 80;
  for (const [index, pool] of items(cluster.nginx?.pools).entries()) {
    for (const [position, server] of items(pool?.servers).entries()) {
      const address = server?.address;
      const itself = own.includes(address) && (server?.port ?? 80) === listening;
      if (address === undefined || (address !== vip && !itself)) continue;
      const path = ["nginx", "pools", index, "servers", position, "address"];
      const who = address === vip ? "the VIP" : "a node's address on nginx.port";
      yield { path, value: address, message: `must not be ${who}: nginx would send requests to itself` };
    }
  }
}

function* routeRules(cluster: LooseCluster): Generator<Problem> {
  const pools = items(cluster.nginx?.pools).map((pool) => pool?.name);
  for (const [index, route] of items(cluster.nginx?.routes).entries()) {
    if (route?.pool === undefined || pools.includes(route.pool)) continue;
    const path = ["nginx", "routes", index, "pool"];
    yield { path, value: route.pool, message: `must name one of nginx.pools: ${pools.join(", ")}` };
  }
}

function* repeated<T>(
  list: T[],
  key: (item: T) => unknown,
  path: (index: number) => Path,
): Generator<Problem> {
  const seen = new Map<unknown, number>();
  for (const [index, item] of list.entries()) {
    const value = key(item);
    if (value === undefined) continue;
    const first = seen.get(value);
    if (first === undefined) seen.set(value, index);
    else
      yield {
        path: path(index),
        value,
        message: `must be unique, and is the same as ${dotted(path(first))}`,
      };
  }
}

const items = <T>(list: T[] | undefined): T[] => (Array.isArray(list) ? list : []);
const keyOf = (hostKey: unknown): unknown =>
  typeof hostKey === "string" ? hostKey.split(" ")[1] : undefined;

/** `["nodes", 0, "name"]` → `nodes[0].name`. */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
