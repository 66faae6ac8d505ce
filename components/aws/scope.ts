import type * as pulumi from "@pulumi/pulumi";
import type { AwsCluster } from "../../config/cluster";
import { type AwsFacts, lookUp } from "./facts";
import { STACK_TAG, thisStack } from "./tags";

/** What every part of the platform needs: names, the configuration, what the account says, and where to hang resources. */
export interface Scope {
  /** First part of every resource's name. */
  name: string;
  cluster: AwsCluster;
  facts: pulumi.Output<AwsFacts>;
  /** Options of every resource. Nothing is made before the account was asked and every check has passed. */
  opts: pulumi.CustomResourceOptions;
  /** The stack's tags and a name. */
  tags(part: string): Record<string, string>;
}

export function newScope(name: string, cluster: AwsCluster, parent: pulumi.Resource): Scope {
  const facts = lookUp(cluster, { parent });
  return {
    name,
    cluster,
    facts,
    opts: { parent, dependsOn: facts.apply((): pulumi.Resource[] => []) },
    tags: (part) => ({
      "nginx-ha": name,
      [STACK_TAG]: thisStack(),
      ...cluster.tags,
      Name: `${name}-${part}`,
    }),
  };
}
