import { awsRules } from "./aws";
import { drainRules } from "./drain";
import { hostsRules } from "./hosts";
import { nginxRules } from "./nginx";
import { items, type LooseAws, type LooseHosts, type Problem, repeated } from "./problem";

/** The rules that look at more than one key. `input` is what the stack says, valid or not. */
export function brokenRules(input: unknown): Problem[] {
  const cluster = (input ?? {}) as LooseHosts | LooseAws;
  const own = cluster.platform === "aws" ? awsRules(cluster as LooseAws) : hostsRules(cluster as LooseHosts);
  return [...unique(cluster), ...nginxRules(cluster.nginx), ...own, ...drainRules(cluster)];
}

function* unique(cluster: LooseHosts | LooseAws): Generator<Problem> {
  yield* repeated(
    items<{ name?: string } | undefined>(cluster.nodes),
    (node) => node?.name,
    (index) => ["nodes", index, "name"],
  );
}
