import { awsRules } from "./aws";
import { hostsRules } from "./hosts";
import { items, type LooseAws, type LooseHosts, type Problem, repeated } from "./problem";

/** The rules that look at more than one key. `input` is what the stack says, valid or not. */
export function brokenRules(input: unknown): Problem[] {
  const cluster = (input ?? {}) as LooseHosts | LooseAws;
  const own = cluster.platform === "aws" ? awsRules(cluster as LooseAws) : hostsRules(cluster as LooseHosts);
  return [...unique(cluster), ...poolRules(cluster), ...own];
}

function* unique(cluster: LooseHosts | LooseAws): Generator<Problem> {
  yield* repeated(
    items<{ name?: string } | undefined>(cluster.nodes),
    (node) => node?.name,
    (index) => ["nodes", index, "name"],
  );
  yield* repeated(
    items<{ name?: string } | undefined>(cluster.nginx?.pools),
    (pool) => pool?.name,
    (index) => ["nginx", "pools", index, "name"],
  );
  yield* repeated(
    items(cluster.nginx?.routes),
    (route) => route?.path,
    (index) => ["nginx", "routes", index, "path"],
  );
}

function* poolRules(cluster: LooseHosts | LooseAws): Generator<Problem> {
  const names = items<{ name?: string } | undefined>(cluster.nginx?.pools).map((pool) => pool?.name);
  for (const [index, route] of items(cluster.nginx?.routes).entries()) {
    if (route?.pool === undefined || names.includes(route.pool)) continue;
    const path = ["nginx", "routes", index, "pool"];
    yield { path, value: route.pool, message: `must name one of nginx.pools: ${names.join(", ")}` };
  }
}
